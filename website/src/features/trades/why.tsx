"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import * as queries from "@/api/queries";
import { useSentences } from "@/i18n/sentences";
import { Link } from "@/ui/link";

type Explained = Pick<Copy, "status" | "reason" | "params" | "setting" | "copier_id">;

interface WhyProps {
  readonly copy: Explained;
  /** Where a copier's setting is shown, for a reader with another page for it; null if nowhere. */
  readonly settingAt?: (copier: string, setting: string) => string | null;
}

/**
 * Why a copy was not made or differs from the settings, the code of a broker's refusal, and the setting that decided.
 */
export function Why({ copy, settingAt }: WhyProps) {
  const t = useTranslations("why");
  const say = useSentences();
  const settingName = useSettingName();
  const ownSetting = useOwnSetting();
  if (!copy.reason) return null;
  const brokerCode = copy.reason.startsWith("broker_") ? String(copy.params.retcode ?? "") : null;
  const name = copy.setting ? t("setting", { setting: settingName(copy.setting) }) : null;
  const href = copy.setting ? (settingAt ?? ownSetting)(copy.copier_id, copy.setting) : null;
  return (
    <div className="grid gap-1 text-sm">
      <p>{say.why(copy)}</p>
      <p className="flex flex-wrap gap-x-3 text-muted">
        {brokerCode === null ? null : <span className="num text-xs leading-5">{t("code", { code: brokerCode })}</span>}
        {name && href ? (
          <Link href={href} className="text-accent underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </p>
    </div>
  );
}

/** Where one's own copiers have their settings. History outlives copiers, so a removed copier's are nowhere. */
function useOwnSetting(): (copier: string, setting: string) => string | null {
  const { data: copiers } = useQuery(queries.copiers());
  return (id, setting) =>
    copiers && !copiers.some((copier) => copier.id === id) ? null : `/app/copiers/${id}#${setting}`;
}

/** The label of a setting on the page of rules; its path if it has none. */
export function useSettingName(): (path: string) => string {
  const rules = useTranslations("rules");
  const modes = useTranslations("modes");
  return (path) => {
    if (path === "mode") return modes("label");
    const key = `labels.${path.replaceAll(".", "/")}`;
    return rules.has(key) ? rules(key) : path;
  };
}
