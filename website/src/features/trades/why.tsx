"use client";

import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import { Link } from "@/ui/link";
import { Told } from "@/ui/told";

/** Why a copy was not made, or not as wished: the engine's sentence, its code, and the setting that decided. */
export function Why({ copy }: { readonly copy: Pick<Copy, "reason" | "message" | "setting" | "copier_id"> }) {
  const t = useTranslations("why");
  const meaning = useMeaning()(copy.reason);
  const settingName = useSettingName();
  if (!copy.reason && !copy.message) return null;
  return (
    <div className="grid gap-1 text-sm">
      <p>
        <Told own={meaning}>{copy.message ?? copy.reason ?? ""}</Told>
      </p>
      <p className="flex flex-wrap gap-x-3 text-muted">
        {copy.reason ? (
          <code className="font-mono text-xs leading-5" title={meaning ?? undefined}>
            {copy.reason}
          </code>
        ) : null}
        {copy.setting ? (
          <Link href={`/app/copiers/${copy.copier_id}#${copy.setting}`} className="text-accent underline">
            {t("setting", { setting: settingName(copy.setting) })}
          </Link>
        ) : null}
      </p>
    </div>
  );
}

/** What a reason's code means, in words of the reader's language; null for one that this version does not know. */
export function useMeaning(): (code: string | null) => string | null {
  const t = useTranslations("reasons");
  return (code) => (code !== null && t.has(code) ? t(code) : null);
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
