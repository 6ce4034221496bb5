"use client";

import { useTranslations } from "next-intl";
import type { Leg } from "@/api/client";
import { inOrder } from "@/lib/legs";
import { duration } from "@/lib/numbers";
import { type Column, Table } from "@/ui/table";

const ms = (value: number): string => duration(Math.round(value * 1_000));

/** The legs of all copies: half of them were faster than p50, one in a hundred slower than p99. */
export function LegTable({ legs }: { readonly legs: readonly Leg[] }) {
  const t = useTranslations("charts");
  const name = (leg: string) => {
    const key = `legs.${leg.replace(/_us$/, "")}`;
    return t.has(key) ? t(key) : leg;
  };
  if (legs.length === 0) return <p className="text-sm text-muted">{t("noLegs")}</p>;
  const slowest = Math.max(...legs.map((leg) => leg.p99_ms));
  const percentile = (head: string, of: (leg: Leg) => number): Column<Leg> => ({
    key: head,
    head,
    cell: (leg) => <span dir="ltr">{ms(of(leg))}</span>,
    figures: true,
  });
  const columns: readonly Column<Leg>[] = [
    {
      key: "leg",
      head: t("leg"),
      cell: (leg) => (
        <div className="py-[7px]">
          {name(leg.leg)}
          <Scale leg={leg} slowest={slowest} />
        </div>
      ),
      wraps: true,
      rowHead: true,
    },
    percentile("p50", (leg) => leg.p50_ms),
    percentile("p95", (leg) => leg.p95_ms),
    percentile("p99", (leg) => leg.p99_ms),
    {
      key: "copies",
      head: t("copies"),
      cell: (leg) => <span className="text-muted">{leg.n}</span>,
      figures: true,
      wideOnly: true,
    },
  ];
  return (
    <Table look="plain" caption={t("legsTitle")} columns={columns} rows={inOrder(legs)} rowKey={(leg) => leg.leg} />
  );
}

/** A bar with the leg's p50 within its p99, scaled to the slowest leg. */
function Scale({ leg, slowest }: { readonly leg: Leg; readonly slowest: number }) {
  return (
    <span aria-hidden="true" dir="ltr" className="mt-0.5 block h-1 rounded bg-sunken">
      <span className="relative block h-1 rounded bg-accent/35" style={{ width: `${(leg.p99_ms / slowest) * 100}%` }}>
        <span
          className="absolute inset-y-0 left-0 rounded bg-accent"
          style={{ width: `${leg.p99_ms ? (leg.p50_ms / leg.p99_ms) * 100 : 0}%` }}
        />
      </span>
    </span>
  );
}
