"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import type { EquityRange } from "@/api/live";
import * as queries from "@/api/queries";
import { Bars } from "@/features/charts/bars";
import { LegTable } from "@/features/charts/legs";
import { SlippageChart } from "@/features/charts/slippage";
import { statisticsRows } from "@/features/csv/rows";
import { Figure } from "@/features/overview/overview";
import { useNames } from "@/features/trades/names";
import { lots } from "@/lib/numbers";
import { useZone } from "@/lib/zone";
import { CsvButton } from "@/ui/csv-button";
import { Choice } from "@/ui/field";
import { Panel } from "@/ui/page";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { daysAgo, percent } from "./periods";
import { RiskPanel } from "./risk-panel";

type Figures = Schemas["Figures"];
type Maybe = number | null | undefined;
const PERIODS = ["1", "7", "30", "90"] as const;
type Period = (typeof PERIODS)[number];
/** The shortest way of equity that holds a whole period. */
const RANGES: Readonly<Record<Period, EquityRange>> = { "1": "day", "7": "week", "30": "month", "90": "year" };

export function Statistics() {
  const t = useTranslations("statistics");
  const [days, setDays] = useState<string>("30");
  const [copier, setCopier] = useState("");
  const zone = useZone();
  const [today] = useState(() => Date.now());
  const filter = { since: daysAgo(Number(days), today), copier_id: copier || undefined, zone };
  const { data, error, refetch } = useQuery(queries.statistics(filter));
  const { data: copiers = [] } = useQuery(queries.copiers());
  const slave = copiers.find((one) => one.id === copier)?.slave_id;
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-end gap-4">
        <Choice
          legend={t("period")}
          name="period"
          value={days}
          onChange={setDays}
          options={PERIODS.map((value) => ({ value, label: t("days", { count: Number(value) }) }))}
        />
        <CopierFilter value={copier} onChange={setCopier} />
        <span className="ms-auto">
          <CsvButton name="statistics" disabled={!data} rows={() => (data ? statisticsRows(data) : [])} />
        </span>
      </div>
      {error ? <Failure error={error} onRetry={refetch} /> : data ? <Shown data={data} /> : <SkeletonRows rows={8} />}
      <RiskPanel key={copier} first={slave} range={RANGES[days as Period]} since={filter.since} />
    </div>
  );
}

function CopierFilter({ value, onChange }: { readonly value: string; readonly onChange: (id: string) => void }) {
  const t = useTranslations("trades");
  const { data: copiers = [] } = useQuery(queries.copiers());
  const name = useNames();
  return (
    <select
      aria-label={t("copier")}
      className="control max-w-64"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t("allCopiers")}</option>
      {copiers.map((copier) => (
        <option key={copier.id} value={copier.id}>
          {name(copier.master_id)} → {name(copier.slave_id)}
        </option>
      ))}
    </select>
  );
}

function Shown({ data }: { readonly data: Schemas["Statistics"] }) {
  const t = useTranslations("statistics");
  const { totals } = data;
  if (totals.copied + totals.skipped + totals.rejected + totals.unresolved === 0)
    return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <>
      <Totals totals={totals} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title={t("legs")}>
          <LegTable legs={data.legs} />
        </Panel>
        <Panel title={t("slippage")}>
          <SlippageChart bins={data.slippage_histogram} />
        </Panel>
        <Panel title={t("byDay")}>
          <ByDay days={data.by_day} />
        </Panel>
        <Panel title={t("byHour")}>
          <ByHour hours={data.by_hour} />
        </Panel>
      </div>
      <section className="grid gap-2.5">
        <h2 className="text-sm font-semibold">{t("bySymbol")}</h2>
        <BySymbol rows={data.by_symbol} />
      </section>
    </>
  );
}

function Totals({ totals }: { readonly totals: Figures }) {
  const t = useTranslations("statistics");
  const format = useFormatter();
  const number = (value: Maybe) => (value == null ? "–" : format.number(value, { maximumFractionDigits: 2 }));
  const bp = (value: Maybe) =>
    value == null ? "–" : `${format.number(value, { signDisplay: "exceptZero", maximumFractionDigits: 2 })} bp`;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure name={t("copied")} value={totals.copied} note={t("lots", { lots: lots(totals.lots) })} />
      <Figure
        name={t("winRate")}
        value={percent(totals.win_rate)}
        note={t("winParts", { wins: totals.wins, losses: totals.losses, even: totals.even })}
      />
      <Figure
        name={t("profitFactor")}
        value={number(totals.profit_factor)}
        note={t("payoff", { ratio: number(totals.payoff_ratio) })}
      />
      <Figure
        name={t("expectancy")}
        value={<span dir="ltr">{bp(totals.expectancy_bp)}</span>}
        note={
          <>
            {t("averageSlippage")} <span dir="ltr">{bp(totals.average_slippage_bp)}</span>
          </>
        }
      />
    </dl>
  );
}

function ByDay({ days }: { readonly days: readonly Figures[] }) {
  const t = useTranslations("statistics");
  const format = useFormatter();
  const bars = days.map((day) => ({
    key: String(day.key),
    label: format.dateTime(new Date(`${day.key}T12:00:00Z`), { month: "short", day: "numeric", timeZone: "UTC" }),
    value: day.copied,
    text: String(day.copied),
  }));
  return <Bars title={t("byDay")} bars={bars} nameEvery={Math.max(1, Math.ceil(bars.length / 6))} />;
}

function ByHour({ hours }: { readonly hours: readonly Figures[] }) {
  const t = useTranslations("statistics");
  const known = new Map(hours.map((hour) => [Number(hour.key), hour.copied]));
  const bars = Array.from({ length: 24 }, (_, hour) => ({
    key: String(hour),
    label: String(hour).padStart(2, "0"),
    value: known.get(hour) ?? 0,
    text: String(known.get(hour) ?? 0),
  }));
  return <Bars title={t("byHour")} bars={bars} nameEvery={3} />;
}

function BySymbol({ rows }: { readonly rows: readonly Figures[] }) {
  const t = useTranslations("statistics");
  const columns: readonly Column<Figures>[] = [
    { key: "symbol", head: t("symbol"), cell: (row) => <span className="font-medium">{row.key}</span> },
    { key: "copied", head: t("copied"), cell: (row) => row.copied, end: true },
    { key: "lots", head: t("lotsHead"), cell: (row) => lots(row.lots), end: true },
    { key: "skipped", head: t("skipped"), cell: (row) => row.skipped, end: true },
    { key: "rejected", head: t("rejected"), cell: (row) => row.rejected, end: true },
    { key: "win", head: t("winRate"), cell: (row) => percent(row.win_rate), end: true },
    {
      key: "slip",
      head: t("averageSlippage"),
      cell: (row) =>
        row.average_slippage_bp == null ? "–" : <span dir="ltr">{row.average_slippage_bp.toFixed(2)} bp</span>,
      end: true,
    },
  ];
  return (
    <Table
      caption={t("bySymbol")}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.key)}
      card={(row) => <SymbolCard row={row} />}
    />
  );
}

function SymbolCard({ row }: { readonly row: Figures }) {
  const t = useTranslations("statistics");
  return (
    <div className="flex justify-between gap-3 text-sm">
      <span className="font-medium">{row.key}</span>
      <span className="num text-muted">
        {t("symbolLine", { copied: row.copied, lots: lots(row.lots), rate: percent(row.win_rate) })}
      </span>
    </div>
  );
}
