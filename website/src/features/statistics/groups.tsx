"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { lots } from "@/lib/numbers";
import { type Column, Table } from "@/ui/table";
import { percent } from "./periods";

type Figures = Schemas["GroupStatistics"];

interface GroupsProps {
  readonly title: string;
  readonly head: string;
  readonly rows: readonly Figures[];
  /** The label of a group's key. */
  readonly name: (key: string) => string;
}

/** Figures of each symbol, or of each month. */
export function Groups({ title, head, rows, name }: GroupsProps) {
  const t = useTranslations("statistics");
  const named = (row: Figures) => name(String(row.key));
  const columns: readonly Column<Figures>[] = [
    { key: "group", head, cell: (row) => <span className="font-medium">{named(row)}</span>, rowHead: true },
    { key: "copied", head: t("copied"), cell: (row) => row.copied, figures: true },
    { key: "lots", head: t("lotsHead"), cell: (row) => lots(row.lots), figures: true },
    { key: "skipped", head: t("skipped"), cell: (row) => row.skipped, figures: true },
    { key: "rejected", head: t("rejected"), cell: (row) => row.rejected, figures: true },
    { key: "win", head: t("winRate"), cell: (row) => percent(row.win_rate), figures: true },
    {
      key: "slip",
      head: t("averageSlippage"),
      cell: (row) =>
        row.average_slippage_bp == null ? "–" : <span dir="ltr">{row.average_slippage_bp.toFixed(2)} bp</span>,
      figures: true,
    },
  ];
  return (
    <section className="grid gap-2.5">
      <h2 className="text-sm font-semibold">{title}</h2>
      <Table
        caption={title}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.key)}
        card={(row) => <Card name={named(row)} row={row} />}
      />
    </section>
  );
}

function Card({ name, row }: { readonly name: string; readonly row: Figures }) {
  const t = useTranslations("statistics");
  return (
    <div className="flex justify-between gap-3 text-sm">
      <span className="font-medium">{name}</span>
      <span className="num text-muted">
        {t("groupLine", { copied: row.copied, lots: lots(row.lots), rate: percent(row.win_rate) })}
      </span>
    </div>
  );
}
