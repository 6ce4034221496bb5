"use client";

import { useTranslations } from "next-intl";
import type { Copier } from "@/api/client";
import type { Tone } from "@/lib/account-state";
import { Status } from "@/ui/status";

const TONES: Record<Copier["mode"], Tone> = { on: "good", close_only: "soon", dry_run: "idle", off: "idle" };

export function ModeStatus({ mode }: { readonly mode: Copier["mode"] }) {
  const t = useTranslations("modes");
  return <Status tone={TONES[mode]}>{t(`${mode}.name`)}</Status>;
}
