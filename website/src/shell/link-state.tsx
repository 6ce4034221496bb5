"use client";

import { useTranslations } from "next-intl";
import { useLink } from "@/live/stream";
import { Status } from "@/ui/status";

const TONES = { live: "good", connecting: "busy", polling: "soon" } as const;

/** Whether what is on the screen is as of now. */
export function LinkState() {
  const link = useLink();
  const t = useTranslations("link");
  return (
    <span title={t(`${link}Help`)} role="status" className="whitespace-nowrap">
      <Status tone={TONES[link]}>{t(link)}</Status>
    </span>
  );
}
