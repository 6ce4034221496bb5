"use client";

import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import { useTold } from "@/i18n/told";
import { Link } from "@/ui/link";

/** Why a copy was not made, or not as wished, the number of a broker's refusal, and the setting that decided. */
export function Why({ copy }: { readonly copy: Pick<Copy, "status" | "reason" | "params" | "setting" | "copier_id"> }) {
  const t = useTranslations("why");
  const told = useTold();
  const settingName = useSettingName();
  if (!copy.reason) return null;
  const brokerCode = copy.reason.startsWith("broker_") ? String(copy.params.retcode ?? "") : null;
  return (
    <div className="grid gap-1 text-sm">
      <p>{told.why(copy)}</p>
      <p className="flex flex-wrap gap-x-3 text-muted">
        {brokerCode === null ? null : <span className="num text-xs leading-5">{t("code", { code: brokerCode })}</span>}
        {copy.setting ? (
          <Link href={`/app/copiers/${copy.copier_id}#${copy.setting}`} className="text-accent underline">
            {t("setting", { setting: settingName(copy.setting) })}
          </Link>
        ) : null}
      </p>
    </div>
  );
}

/** What the page of rules calls a setting; its path where it has no words of its own. */
function useSettingName(): (path: string) => string {
  const rules = useTranslations("rules");
  const modes = useTranslations("modes");
  return (path) => {
    if (path === "mode") return modes("label");
    const key = `labels.${path.replaceAll(".", "/")}`;
    return rules.has(key) ? rules(key) : path;
  };
}
