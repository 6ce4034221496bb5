"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { CopierName } from "@/features/copiers/list";
import { useNames } from "@/features/trades/names";
import { cx } from "@/ui/cx";
import { Figure } from "@/ui/figure";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { Panel } from "@/ui/page";
import { Segmented } from "@/ui/segmented";
import { Failure } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { monthsOf } from "./calendar";

type Group = Schemas["MoneyGroup"];
type Pair = Schemas["PairMoney"];
type Results = Schemas["MoneyResults"];

/** What copies earned and cost: results, by pair, account, symbol and hour, and as a calendar. */
export function MoneyReport({ filter }: { readonly filter: queries.StatisticsFilter }) {
  const t = useTranslations("money");
  const { data, error, refetch } = useQuery(queries.money(filter));
  const name = useNames();
  const [chosen, choose] = useState<string | null>(null);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data || data.results.length === 0) return null;
  const currencies = data.results.map(({ currency }) => currency);
  const currency = chosen !== null && currencies.includes(chosen) ? chosen : (currencies[0] ?? "");
  const of = <Row extends { readonly currency: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.currency === currency);
  const [results] = of(data.results);
  return (
    <section className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">{t("title")}</h2>
        {currencies.length > 1 ? (
          <Segmented
            compact
            legend={t("currency")}
            value={currency}
            onChange={choose}
            options={currencies.map((value) => ({ value, label: value }))}
          />
        ) : null}
      </div>
      {results ? <Ended results={results} /> : null}
      <Calendar days={of(data.by_day)} currency={currency} />
      <Pairs rows={of(data.pairs)} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Groups title={t("byAccount")} rows={of(data.by_account)} name={(key) => <Name>{name(key)}</Name>} />
        <Groups title={t("bySymbol")} rows={of(data.by_symbol)} name={(key) => <bdi>{key}</bdi>} />
        <Groups title={t("byHour")} rows={of(data.by_hour)} name={(key) => `${key.padStart(2, "0")}:00`} />
      </div>
    </section>
  );
}

function Ended({ results }: { readonly results: Results }) {
  const t = useTranslations("money");
  const format = useFormatter();
  const { wins, losses, even, currency, profit_factor: factor, expectancy } = results;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure
        name={t("net")}
        value={<Money gain value={Number(results.won) - Number(results.lost)} currency={currency} />}
        note={t("parts", { wins, losses, even })}
      />
      <Figure
        name={t("wonAndLost")}
        value={<Money value={Number(results.won)} currency={currency} />}
        note={
          <>
            {t("lost")} <Money value={Number(results.lost)} currency={currency} />
          </>
        }
      />
      <Figure
        name={t("profitFactor")}
        value={factor === null ? "–" : format.number(factor, { maximumFractionDigits: 2 })}
        note={t("profitFactorMeans")}
      />
      <Figure
        name={t("expectancy")}
        value={<Money gain value={expectancy === null ? null : Number(expectancy)} currency={currency} />}
        note={t("expectancyMeans")}
      />
    </dl>
  );
}

function Groups({
  title,
  rows,
  name,
}: {
  readonly title: string;
  readonly rows: readonly Group[];
  readonly name: (key: string) => ReactNode;
}) {
  const t = useTranslations("money");
  if (rows.length === 0) return null;
  const sum = (of: "net" | "profit" | "commission" | "swap") => (row: Group) => (
    <Money gain value={Number(row[of])} currency={row.currency} />
  );
  const columns: readonly Column<Group>[] = [
    { key: "key", head: t("of"), rowHead: true, cell: (row) => name(row.key) },
    { key: "net", head: t("net"), cell: sum("net"), figures: true },
    { key: "profit", head: t("profit"), cell: sum("profit"), figures: true, wideOnly: true },
    { key: "commission", head: t("commission"), cell: sum("commission"), figures: true, wideOnly: true },
    { key: "swap", head: t("swap"), cell: sum("swap"), figures: true, wideOnly: true },
  ];
  return (
    <Panel title={title}>
      <Table look="plain" caption={title} columns={columns} rows={rows} rowKey={(row) => row.key} />
    </Panel>
  );
}

/** The result of each pair's slave beside the same lots at its master: the cost of copying. */
function Pairs({ rows }: { readonly rows: readonly Pair[] }) {
  const t = useTranslations("money");
  const { data: copiers = [] } = useQuery(queries.copiers());
  if (rows.length === 0) return null;
  const sum = (of: "net" | "master_net" | "against_master") => (row: Pair) => (
    <Money gain value={Number(row[of])} currency={row.currency} />
  );
  const way = (row: Pair) => copiers.find(({ id }) => id === row.copier_id);
  const columns: readonly Column<Pair>[] = [
    {
      key: "pair",
      head: t("pair"),
      rowHead: true,
      cell: (row) => {
        const copier = way(row);
        return copier ? (
          <Link href={`/app/copiers/${copier.id}`} className="font-medium hover:text-accent hover:underline">
            <CopierName copier={copier} />
          </Link>
        ) : (
          t("removed")
        );
      },
    },
    { key: "copies", head: t("copies"), cell: (row) => row.copies, figures: true, wideOnly: true },
    { key: "net", head: t("net"), cell: sum("net"), figures: true },
    { key: "master", head: t("masterNet"), cell: sum("master_net"), figures: true, wideOnly: true },
    { key: "against", head: t("against"), cell: sum("against_master"), figures: true },
  ];
  return (
    <Panel title={t("byPair")} aside={<span className="text-xs text-muted">{t("byPairMeans")}</span>}>
      <Table look="plain" caption={t("byPair")} columns={columns} rows={rows} rowKey={(row) => row.copier_id} />
    </Panel>
  );
}

/** A Monday, to get the names of the weekdays from. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The days of each month with their bookings. */
function Calendar({ days, currency }: { readonly days: readonly Group[]; readonly currency: string }) {
  const t = useTranslations("money");
  const format = useFormatter();
  const weekdays = Array.from({ length: 7 }, (_, index) =>
    format.dateTime(new Date(MONDAY + index * DAY_MS), { weekday: "short", timeZone: "UTC" }),
  );
  const months = monthsOf(days);
  if (months.length === 0) return null;
  return (
    <Panel title={t("calendar")}>
      <div className="grid gap-6 lg:grid-cols-2">
        {months.map(({ month, weeks, net }) => (
          <section key={month} className="grid gap-2">
            <h3 className="flex justify-between text-sm font-medium">
              {format.dateTime(new Date(`${month}-15T12:00:00Z`), { month: "long", year: "numeric", timeZone: "UTC" })}
              <Money gain value={net} currency={currency} />
            </h3>
            <ol className="grid grid-cols-7 gap-1 text-xs">
              {weekdays.map((day) => (
                <li key={day} aria-hidden="true" className="text-center text-muted">
                  {day}
                </li>
              ))}
              {weeks.flat().map((day, index) =>
                day ? (
                  <li
                    key={day.day}
                    className={cx(
                      "grid min-h-11 content-between rounded border border-line px-1 py-0.5",
                      day.net === null && "text-muted",
                    )}
                  >
                    <span className="num">{Number(day.day.slice(8))}</span>
                    {day.net === null ? null : (
                      <span
                        dir="ltr"
                        className={cx("num truncate text-end", day.net > 0 && "text-good", day.net < 0 && "text-bad")}
                      >
                        {format.number(day.net, { signDisplay: "exceptZero", maximumFractionDigits: 0 })}
                      </span>
                    )}
                  </li>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a place without a day has nothing else
                  <li key={`${month} ${index}`} aria-hidden="true" />
                ),
              )}
            </ol>
          </section>
        ))}
      </div>
    </Panel>
  );
}
