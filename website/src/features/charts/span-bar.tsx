"use client";

import { useTranslations } from "next-intl";
import { duration } from "@/lib/numbers";
import { type Segment, segments } from "@/lib/spans";
import { SPAN_FILLS } from "./span-fills";

const MIN_SHARE = 0.015;

/** The spans of one copy to scale, with a legend of names, times and shares. Nothing if none was measured. */
export function SpanBar({ spans }: { readonly spans: Readonly<Record<string, unknown>> }) {
  const parts = segments(spans);
  const sum = sumOf(parts);
  if (sum === 0) return null;
  return (
    <>
      <div aria-hidden="true" className="flex h-3.5 gap-px overflow-hidden rounded" dir="ltr">
        {parts.map((part) => (
          <div
            key={part.key}
            className={SPAN_FILLS[part.key]}
            style={{ flexGrow: Math.max(part.us / sum, MIN_SHARE) }}
          />
        ))}
      </div>
      <Legend parts={parts} sum={sum} />
    </>
  );
}

/** All of the measured time, also that at the broker. */
export const sumOf = (parts: readonly Segment[]): number => parts.reduce((soFar, part) => soFar + part.us, 0);

function Legend({ parts, sum }: { readonly parts: readonly Segment[]; readonly sum: number }) {
  const t = useTranslations("life");
  return (
    <ol className="mt-4 grid gap-y-3 text-sm sm:auto-cols-fr sm:grid-flow-col sm:gap-x-1">
      {parts.map((part) => (
        <li
          key={part.key}
          className="grid grid-cols-[auto_1fr_auto] items-baseline gap-x-2 sm:grid-cols-1 sm:content-start sm:gap-y-0.5"
        >
          <span aria-hidden="true" className={`size-2.5 rounded-sm sm:h-1 sm:w-full ${SPAN_FILLS[part.key]}`} />
          <span className="text-muted sm:pe-2 sm:text-[13px]">{t(`span.${part.key}`)}</span>
          <span className="num font-semibold" dir="ltr">
            {duration(part.us)} <span className="text-xs font-normal text-muted">{share(part.us / sum)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

const share = (part: number): string => (part < 0.01 ? "< 1 %" : `${Math.round(part * 100)} %`);
