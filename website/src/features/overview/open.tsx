"use client";

import { useTranslations } from "next-intl";
import { useLive } from "@/features/live/use-live";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { lots } from "@/lib/numbers";
import { Name } from "@/ui/name";
import { Empty, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Open, openOf } from "./figures";
import { SumsOf } from "./money";

const SHOWN = 5;

/** The positions with the largest losses, each master's with all its copies in one row. */
export function OpenNow() {
  const t = useTranslations("positions");
  const own = useTranslations("overview");
  const { data } = useLive();
  const name = useNames();
  if (!data) return <SkeletonRows rows={SHOWN} />;
  const rows = openOf(data);
  if (rows.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  const columns: readonly Column<Open>[] = [
    {
      key: "symbol",
      head: t("symbol"),
      rowHead: true,
      cell: ({ position }) => (
        <>
          <span className="font-medium">{position.symbol}</span> <Side side={position.side} />{" "}
          <span className="num">{lots(position.lots)}</span>
        </>
      ),
    },
    { key: "account", head: t("account"), cell: ({ position }) => <Name>{name(position.account_id)}</Name> },
    {
      key: "copies",
      head: own("copies"),
      cell: (row) => (row.copies === 0 ? "–" : own("of", { some: row.copiesOpen, all: row.copies })),
      figures: true,
      wideOnly: true,
    },
    { key: "profit", head: own("profitInAll"), cell: (row) => <SumsOf sums={row.profit} gain />, figures: true },
  ];
  return <Table caption={t("title")} columns={columns} rows={rows.slice(0, SHOWN)} rowKey={(row) => row.key} />;
}
