"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { Money } from "@/ui/money";
import { type Column, Table } from "@/ui/table";

type Earned = Schemas["EarnedMoney"];

/** What brokers booked for the copies of a period, by currency. Nothing if no broker has booked anything. */
export function EarnedMoney({ rows }: { readonly rows: readonly Earned[] }) {
  const t = useTranslations("statistics");
  if (rows.length === 0) return null;
  const columns: readonly Column<Earned>[] = [
    {
      key: "currency",
      head: t("currency"),
      cell: (row) => <span className="font-medium">{row.currency}</span>,
      rowHead: true,
    },
    { key: "net", head: t("net"), cell: (row) => <Sum row={row} of="net" />, figures: true },
    { key: "profit", head: t("profit"), cell: (row) => <Sum row={row} of="profit" />, figures: true },
    { key: "commission", head: t("commission"), cell: (row) => <Sum row={row} of="commission" />, figures: true },
    { key: "swap", head: t("swap"), cell: (row) => <Sum row={row} of="swap" />, figures: true },
    { key: "fee", head: t("fee"), cell: (row) => <Sum row={row} of="fee" />, figures: true },
    { key: "deals", head: t("deals"), cell: (row) => row.deals, figures: true },
  ];
  return (
    <section className="grid gap-2.5">
      <h2 className="text-sm font-semibold">{t("earned")}</h2>
      <Table
        caption={t("earned")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.currency}
        card={(row) => <Card row={row} />}
      />
    </section>
  );
}

function Card({ row }: { readonly row: Earned }) {
  const t = useTranslations("statistics");
  return (
    <div className="flex justify-between gap-3 text-sm">
      <span className="font-medium">
        <Sum row={row} of="net" />
      </span>
      <span className="text-muted">{t("earnedLine", { deals: row.deals })}</span>
    </div>
  );
}

function Sum({ row, of }: { readonly row: Earned; readonly of: "net" | "profit" | "commission" | "swap" | "fee" }) {
  return <Money gain value={Number(row[of])} currency={row.currency} />;
}
