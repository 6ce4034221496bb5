"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import type { EquityRange } from "@/api/live";
import * as queries from "@/api/queries";
import { Bars } from "@/features/charts/bars";
import { SlippageChart } from "@/features/charts/slippage";
import { SpanTable } from "@/features/charts/spans";
import { CopierFilter } from "@/features/copiers/filter";
import { statisticsRows } from "@/features/csv/rows";
import { useZone } from "@/lib/zone";
import { InZone } from "@/ui/age";
import { CsvButton } from "@/ui/csv-button";
import { Panel } from "@/ui/page";
import { Segmented } from "@/ui/segmented";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { EarnedMoney } from "./earned";
import { Groups } from "./groups";
import { MoneyReport } from "./money";
import { daysAgo } from "./periods";
import { RiskPanel } from "./risk-panel";
import { Totals } from "./totals";

type Figures = Schemas["GroupStatistics"];
const PERIODS = ["1", "7", "30", "90"] as const;
type Period = (typeof PERIODS)[number];
/** The shortest range of equity that covers a whole period. */
const RANGES: Readonly<Record<Period, EquityRange>> = { "1": "day", "7": "week", "30": "month", "90": "year" };

export function Statistics() {
  const t = useTranslations("statistics");
  const [days, setDays] = useState<Period>("30");
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
        <Segmented
          legend={t("period")}
          value={days}
          onChange={setDays}
          options={PERIODS.map((value) => ({ value, label: t("days", { count: Number(value) }) }))}
        />
        <CopierFilter value={copier} onChange={setCopier} />
        <span className="ms-auto">
          <CsvButton name="statistics" disabled={!data} rows={() => (data ? statisticsRows(data) : [])} />
        </span>
      </div>
      {error ? <Failure error={error} onRetry={refetch} /> : data ? <Report data={data} /> : <SkeletonRows rows={8} />}
      {data ? <MoneyReport filter={filter} /> : null}
      {/* Rendered after the report above it, which would otherwise push it down when it arrives. */}
      {data || error ? <RiskPanel key={copier} first={slave} range={RANGES[days]} since={filter.since} /> : null}
    </div>
  );
}

function Report({ data }: { readonly data: Schemas["Statistics"] }) {
  const t = useTranslations("statistics");
  const { totals } = data;
  if (totals.copied + totals.skipped + totals.rejected + totals.unresolved === 0)
    return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <>
      <Totals totals={totals} streaks={data.streaks} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title={t("spans")}>
          <SpanTable spans={data.spans} />
        </Panel>
        <Panel title={t("slippage")}>
          <SlippageChart bins={data.slippage_histogram} />
        </Panel>
        <Panel title={t("byDay")}>
          <ByDay days={data.by_day} />
        </Panel>
        <Panel title={<InZone>{t("byHour")}</InZone>}>
          <ByHour hours={data.by_hour} />
        </Panel>
      </div>
      <EarnedMoney rows={data.money} />
      <Groups title={t("bySymbol")} head={t("symbol")} rows={data.by_symbol} name={String} />
      <ByMonth months={data.by_month} />
    </>
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

/** Shown for more than one month only: the figures of a single month are the totals above. */
function ByMonth({ months }: { readonly months: readonly Figures[] }) {
  const t = useTranslations("statistics");
  const format = useFormatter();
  const name = (month: string) =>
    format.dateTime(new Date(`${month}-15T12:00:00Z`), { month: "long", year: "numeric", timeZone: "UTC" });
  return months.length < 2 ? null : <Groups title={t("byMonth")} head={t("month")} rows={months} name={name} />;
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
