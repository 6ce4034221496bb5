"use client";

import { useTranslations } from "next-intl";
import { useStreamState } from "@/live/stream";
import { Status } from "@/ui/status";

const TONES = { live: "good", connecting: "busy", polling: "soon" } as const;

/** Whether the page is up to date, by the state of the stream. */
export function StreamStatus() {
  const state = useStreamState();
  const t = useTranslations("link");
  return (
    <span title={t(`${state}Help`)} role="status" className="whitespace-nowrap">
      <Status tone={TONES[state]}>{t(state)}</Status>
    </span>
  );
}
