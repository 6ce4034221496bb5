"use client";

import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import { Link } from "@/ui/link";

/** Why a copy was not made, or not as wished: the engine's sentence, its code, and the setting that decided. */
export function Why({ copy }: { readonly copy: Pick<Copy, "reason" | "message" | "setting" | "copier_id"> }) {
  const t = useTranslations("why");
  const settingName = useSettingName();
  if (!copy.reason && !copy.message) return null;
  return (
    <div className="grid gap-1 text-sm">
      <p>{copy.message ?? copy.reason}</p>
      <p className="flex flex-wrap gap-x-3 text-muted">
        {copy.reason ? <code className="font-mono text-xs leading-5">{copy.reason}</code> : null}
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
