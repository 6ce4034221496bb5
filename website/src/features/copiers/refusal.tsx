"use client";

import { useTranslations } from "next-intl";
import type { Copier } from "@/api/client";
import { useSentences } from "@/i18n/sentences";
import { Note } from "@/ui/states";
import { Status } from "@/ui/status";
import { ModeStatus } from "./mode-status";

type Refused = Pick<Copier, "refusal" | "mode">;

/** The mode, or that nothing is copied whatever the mode says, and why. */
export function CopierStatus({ copier }: { readonly copier: Refused }) {
  const t = useTranslations("copiers");
  const why = useWhy(copier);
  if (why === null) return <ModeStatus mode={copier.mode} />;
  return (
    <span className="grid gap-0.5">
      <Status tone="now">{t("refused")}</Status>
      <span className="text-xs text-muted">{why}</span>
    </span>
  );
}

/** Why nothing is copied and what to do: shown while the router cannot use the copier. */
export function CopierRefusal({ copier }: { readonly copier: Refused }) {
  const t = useTranslations("copiers");
  const why = useWhy(copier);
  if (why === null) return null;
  return (
    <Note tone="now">
      <p className="font-semibold">{t("refused")}</p>
      <p>{why}</p>
    </Note>
  );
}

function useWhy({ refusal }: Refused): string | null {
  const say = useSentences();
  return refusal ? say.why({ reason: refusal.code, params: refusal.params }) : null;
}
