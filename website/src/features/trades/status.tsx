"use client";

import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import type { Tone } from "@/lib/account-state";
import { Status } from "@/ui/status";

const TONES: Record<Copy["status"], Tone> = {
  waiting: "busy",
  sent: "busy",
  open: "good",
  closed: "idle",
  rejected: "soon",
  skipped: "idle",
  unresolved: "soon",
  released: "idle",
};

export function CopyState({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("copyStates");
  return <Status tone={TONES[copy.status]}>{t(copy.status)}</Status>;
}

/** Buy or sell as a word with a sign, never by colour alone. */
export function Side({ side }: { readonly side: Copy["side"] }) {
  const t = useTranslations("sides");
  return (
    <span className="whitespace-nowrap">
      <span aria-hidden="true">{side === "buy" ? "▲" : "▼"}</span> {t(side)}
    </span>
  );
}
