"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/ui/button";
import { cx } from "@/ui/cx";
import { filledBy, hasLimits, isFilledBy, profileOf } from "./prop-firms";
import { type JsonObject, valueAt } from "./schema";

export const PROFILE = "guards.profile";

interface PropFirmProps {
  readonly settings: JsonObject;
  readonly onChange: (settings: JsonObject) => void;
}

/** What the chosen prop firm says about copiers, with the source, and a button that fills in its limits. */
export function PropFirm({ settings, onChange }: PropFirmProps) {
  const t = useTranslations("propFirms");
  const profile = profileOf(valueAt(settings, PROFILE));
  if (!profile) return null;
  const { policy, version, source, seen } = profile;
  return (
    <div className="grid gap-1.5 py-4 text-sm">
      <p className={cx(policy === "forbidden" && "font-semibold text-bad")}>{t(`policies.${policy}`)}</p>
      <p className="text-muted">{t("source", { version, source, seen })}</p>
      {hasLimits(profile) ? null : <p>{t("noLimits")}</p>}
      {hasLimits(profile) && isFilledBy(profile, settings) ? <p role="status">{t("filled")}</p> : null}
      {hasLimits(profile) && !isFilledBy(profile, settings) ? (
        <div>
          <Button size="small" onClick={() => onChange(filledBy(profile, settings))}>
            {t("fill")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
