"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useLive } from "@/features/live/use-live";
import { signedLots } from "@/lib/numbers";
import { Panel } from "@/ui/page";
import { type Column, Table } from "@/ui/table";
import { byCurrency, bySymbol, type Exposure, everyPosition } from "./figures";

const SHOWN = 8;

/** What is bought and sold over all accounts, by symbol and by currency. */
export function ExposurePanels() {
  const t = useTranslations("overview.exposure");
  const format = useFormatter();
  const { data } = useLive();
  const positions = data ? everyPosition(data) : [];
  if (positions.length === 0) return null;
  const currencies = byCurrency(positions);
  const amount = (value: number) => format.number(value, { signDisplay: "exceptZero", maximumFractionDigits: 0 });
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Panel title={t("symbols")}>
        <Exposures caption={t("symbols")} rows={bySymbol(positions)} text={signedLots} />
      </Panel>
      {currencies.length > 0 ? (
        <Panel title={t("currencies")} aside={<span className="text-xs text-muted">{t("pairs")}</span>}>
          <Exposures caption={t("currencies")} rows={currencies} text={amount} />
        </Panel>
      ) : null}
    </div>
  );
}

interface ExposuresProps {
  readonly caption: string;
  readonly rows: readonly Exposure[];
  readonly text: (value: number) => string;
}

function Exposures({ caption, rows, text }: ExposuresProps) {
  const t = useTranslations("overview.exposure");
  const figure = (value: number) => <span dir="ltr">{text(value)}</span>;
  const columns: readonly Column<Exposure>[] = [
    { key: "name", head: t("name"), rowHead: true, cell: (row) => <bdi className="font-medium">{row.name}</bdi> },
    { key: "bought", head: t("bought"), cell: (row) => figure(row.bought), figures: true, wideOnly: true },
    { key: "sold", head: t("sold"), cell: (row) => figure(-row.sold), figures: true, wideOnly: true },
    { key: "net", head: t("net"), cell: (row) => <strong>{figure(row.net)}</strong>, figures: true },
  ];
  return (
    <Table caption={caption} look="plain" columns={columns} rows={rows.slice(0, SHOWN)} rowKey={(row) => row.name} />
  );
}
