"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
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

interface InstantProps {
  readonly at: string | null | undefined;
  /** Without its time zone, where a head names it for all times below. */
  readonly bare?: boolean;
}

/** A point in time as the reader's clock shows it, with the clock's time zone. */
export function Instant({ at, bare = false }: InstantProps) {
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
    ...(bare ? {} : { timeZoneName: "short" as const }),
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

/** The head of a column of times: its name, and the zone that all of them are in. */
export function InZone({ children }: { readonly children: ReactNode }) {
  const zone = zoneName(useLocale(), useZone(), Date.now());
  return (
    <>
      {children}{" "}
      <bdi className="font-normal" suppressHydrationWarning>
        {zone}
      </bdi>
    </>
  );
}

/** The name of a time zone at a moment, such as "GMT+1": summer time has another. */
export function zoneName(locale: string, timeZone: string, atMs: number): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }).formatToParts(atMs);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}
