"use client";

import { useTranslations } from "next-intl";
import type { Span } from "@/api/client";
import { duration } from "@/lib/numbers";
import { inOrder } from "@/lib/spans";
import { type Column, Table } from "@/ui/table";
import { fillOf } from "./span-fills";

const ms = (value: number): string => duration(Math.round(value * 1_000));

/** The spans of all copies: half of them were below p50, one in a hundred above p99. */
export function SpanTable({ spans }: { readonly spans: readonly Span[] }) {
  const t = useTranslations("charts");
  const name = (span: string) => {
    const key = `spans.${span.replace(/_us$/, "")}`;
    return t.has(key) ? t(key) : span;
  };
  if (spans.length === 0) return <p className="text-sm text-muted">{t("noSpans")}</p>;
  const slowest = Math.max(...spans.map((span) => span.p99_ms));
  const percentile = (head: string, of: (span: Span) => number): Column<Span> => ({
    key: head,
    head,
    cell: (span) => <span dir="ltr">{ms(of(span))}</span>,
    figures: true,
  });
  const columns: readonly Column<Span>[] = [
    {
      key: "span",
      head: t("span"),
      cell: (span) => (
        <div className="py-[7px]">
          {name(span.span)}
          <Scale span={span} slowest={slowest} />
        </div>
      ),
      wraps: true,
      rowHead: true,
    },
    percentile("p50", (span) => span.p50_ms),
    percentile("p95", (span) => span.p95_ms),
    percentile("p99", (span) => span.p99_ms),
    {
      key: "copies",
      head: t("copies"),
      cell: (span) => <span className="text-muted">{span.n}</span>,
      figures: true,
      wideOnly: true,
    },
  ];
  return (
    <Table
      look="plain"
      caption={t("spansTitle")}
      columns={columns}
      rows={inOrder(spans)}
      rowKey={(span) => span.span}
    />
  );
}

/** A bar with the span's p50 within its p99, scaled to the slowest span. */
function Scale({ span, slowest }: { readonly span: Span; readonly slowest: number }) {
  return (
    <span aria-hidden="true" dir="ltr" className="mt-0.5 block h-1 rounded bg-sunken">
      <span className="relative block h-1 rounded bg-edge/60" style={{ width: `${(span.p99_ms / slowest) * 100}%` }}>
        <span
          className={`absolute inset-y-0 left-0 rounded ${fillOf(span.span)}`}
          style={{ width: `${span.p99_ms ? (span.p50_ms / span.p99_ms) * 100 : 0}%` }}
        />
      </span>
    </span>
  );
}
