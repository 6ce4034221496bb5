"use client";

import { useTranslations } from "next-intl";
import { type Column, Table } from "@/ui/table";
import { PAGES } from "./pages";

type Row = (typeof PAGES)["compare"][number];

/** The differences from a copier that runs on one's own computer. */
export function Comparison() {
  const t = useTranslations("pages.compare");
  const columns: readonly Column<Row>[] = [
    { key: "what", head: t("what"), rowHead: true, cell: (row) => <strong>{t(`${row}.title`)}</strong>, wraps: true },
    { key: "ours", head: t("ours"), cell: (row) => t(`${row}.text`), wraps: true },
    { key: "own", head: t("own"), cell: (row) => t(`${row}.own`), wraps: true },
  ];
  const card = (row: Row) => (
    <div className="grid gap-1 text-sm">
      <strong>{t(`${row}.title`)}</strong>
      <span>
        {t("ours")}: {t(`${row}.text`)}
      </span>
      <span className="text-muted">
        {t("own")}: {t(`${row}.own`)}
      </span>
    </div>
  );
  return <Table caption={t("name")} columns={columns} rows={PAGES.compare} rowKey={(row) => row} card={card} />;
}
