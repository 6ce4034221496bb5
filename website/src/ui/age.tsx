"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { span } from "@/lib/numbers";
import { useZone } from "@/lib/zone";
import { everyStep } from "./clock";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** How long ago something was, updated all the time, with the exact time on hover. */
export function Age({ at, ago = false }: { readonly at: string | null | undefined; readonly ago?: boolean }) {
  const format = useFormatter();
  const t = useTranslations("age");
  const then = at ? new Date(at).getTime() : null;
  const now = useNow(then !== null && Date.now() - then < MINUTE_MS ? SECOND_MS : MINUTE_MS / 6);
  if (then === null) return <span className="text-muted">–</span>;
  const { value, unit } = span((now - then) / 1000);
  const text = t(unit, { value });
  return (
    <time
      dateTime={at ?? undefined}
      title={format.dateTime(then, { dateStyle: "medium", timeStyle: "medium" })}
      className="num"
      suppressHydrationWarning
    >
      {ago ? t("ago", { span: text }) : text}
    </time>
  );
}

export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => everyStep(every, setNow), [every]);
  return now;
}

/** A point in time as the reader's clock shows it. */
export function Instant({ at }: { readonly at: string | null | undefined }) {
  const format = useFormatter();
  const zone = useZone();
  if (!at) return <span className="text-muted">–</span>;
  const short = format.dateTime(new Date(at), {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return (
    <time
      dateTime={at}
      title={`${at.replace("T", " ").slice(0, 23)} UTC`}
      className="num whitespace-nowrap"
      suppressHydrationWarning
    >
      {short}
    </time>
  );
}
