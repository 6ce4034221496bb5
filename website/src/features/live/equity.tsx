"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { type PointerEvent, type ReactNode, useMemo, useState } from "react";
import type { Account } from "@/api/client";
import { EQUITY_RANGES, type Equity, type EquityPoint, type EquityRange } from "@/api/live";
import * as queries from "@/api/queries";
import { useZone } from "@/lib/zone";
import { cx } from "@/ui/cx";
import { Money } from "@/ui/money";
import { Panel } from "@/ui/page";
import { Segmented } from "@/ui/segmented";
import { Failure, Skeleton } from "@/ui/states";
import {
  type Curve,
  curveOf,
  fallsOf,
  nearest,
  placeOf,
  sharedCurrencies,
  ticksOf,
  timesOf,
  toldInAll,
  withNow,
} from "./curve";
import { useLive, useLiveAccount } from "./use-live";

/** The equity of all accounts in one currency together, or of any of them. */
export function EquityOfAny({ accounts }: { readonly accounts: readonly Account[] }) {
  const t = useTranslations("equity");
  const [chosen, setChosen] = useState("");
  const { data: live } = useLive();
  const currencies = sharedCurrencies(live?.accounts ?? []);
  const currency = currencies.find((one) => sumKey(one) === chosen) ?? (chosen === "" ? currencies[0] : undefined);
  const account =
    accounts.find((one) => one.id === chosen) ?? accounts.find((one) => one.role !== "master") ?? accounts[0];
  if (!account) return null;
  const picker = (
    <select
      aria-label={t("account")}
      className="control min-h-8 w-auto max-w-44 py-0.5 text-sm"
      value={currency ? sumKey(currency) : account.id}
      onChange={(event) => setChosen(event.target.value)}
    >
      {currencies.map((one) => (
        <option key={one} value={sumKey(one)}>
          {t("all", { currency: one })}
        </option>
      ))}
      {accounts.map((one) => (
        <option key={one.id} value={one.id}>
          {one.label}
        </option>
      ))}
    </select>
  );
  return currency ? (
    <EquitySum currency={currency} picker={picker} />
  ) : (
    <EquityPanel account={account.id} picker={picker} />
  );
}

const sumKey = (currency: string): string => `sum ${currency}`;

interface EquityPanelProps {
  readonly account: string;
  readonly picker?: ReactNode;
}

/** The course of an account's equity, and how far it was below its highest. */
export function EquityPanel({ account, picker }: EquityPanelProps) {
  const [range, setRange] = useState<EquityRange>("day");
  const query = useQuery(queries.equity(account, range));
  const live = useLiveAccount(account);
  return <Frame query={query} told={live} range={range} onRange={setRange} picker={picker} />;
}

function EquitySum({ currency, picker }: { readonly currency: string; readonly picker: ReactNode }) {
  const t = useTranslations("equity");
  const [range, setRange] = useState<EquityRange>("day");
  const query = useQuery(queries.equityOfAll(currency, range));
  const { data: live } = useLive();
  const told = toldInAll(live?.accounts ?? [], currency);
  return <Frame query={query} told={told} range={range} onRange={setRange} picker={picker} note={t("allMeans")} />;
}

interface FrameProps {
  readonly query: { readonly data?: Equity | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly told: Parameters<typeof withNow>[1];
  readonly range: EquityRange;
  readonly onRange: (range: EquityRange) => void;
  readonly picker: ReactNode;
  readonly note?: string;
}

function Frame({ query: { data, error, refetch }, told, range, onRange, picker, note }: FrameProps) {
  const t = useTranslations("equity");
  return (
    <Panel
      title={t("title")}
      aside={
        <span className="flex flex-wrap items-center gap-2">
          {picker}
          <Segmented
            compact
            legend={t("range")}
            value={range}
            options={EQUITY_RANGES.map((value) => ({ value, label: t(`ranges.${value}`) }))}
            onChange={onRange}
          />
        </span>
      }
    >
      {error ? (
        <Failure error={error} onRetry={refetch} />
      ) : data ? (
        <EquityCurve equity={withNow(data, told)} />
      ) : (
        <Skeleton className="h-[19rem]" />
      )}
      {note ? <p className="mt-2 text-xs text-muted">{note}</p> : null}
    </Panel>
  );
}

function EquityCurve({ equity }: { readonly equity: Equity }) {
  const t = useTranslations("equity");
  const { points, currency } = equity;
  const curve = useMemo(() => curveOf(points), [points]);
  const [first, last] = [points[0], points.at(-1)];
  if (!curve || !first || !last)
    return <p className="grid min-h-[19rem] place-content-center text-center text-sm text-muted">{t("empty")}</p>;
  return (
    <div className="grid gap-3">
      <dl className="flex flex-wrap gap-x-8 gap-y-1 text-sm">
        <Fact name={t("now")}>
          <Money value={last.equity} currency={currency} />
        </Fact>
        <Fact name={t("change")}>
          <Money gain value={last.equity - first.equity} currency={currency} />
        </Fact>
        <Fact name={t("deepest")}>
          <Money value={curve.deepest} currency={currency} />{" "}
          <span className="text-muted">({(curve.deepestShare * 100).toFixed(2)} %)</span>
        </Fact>
      </dl>
      <Chart curve={curve} points={points} currency={currency} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="num font-semibold">{children}</dd>
    </div>
  );
}

interface ChartProps {
  readonly curve: Curve;
  readonly points: readonly EquityPoint[];
  readonly currency: string | null;
}

const TIMES = 5;

function Chart({ curve, points, currency }: ChartProps) {
  const [share, setShare] = useState<number | null>(null);
  const here = share === null ? undefined : nearest(points, share);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  return (
    <figure className="grid gap-2">
      <div dir="ltr" className="relative ps-[5.5rem]">
        <Values curve={curve} currency={currency} />
        <div className="relative" onPointerMove={move} onPointerLeave={() => setShare(null)}>
          <Lines curve={curve} />
          {here ? <Here point={here} points={points} currency={currency} /> : null}
        </div>
        <Times points={points} />
      </div>
      <Legend />
    </figure>
  );
}

/** The height of the curve above the drawdown. */
const HEIGHT = 172;

/** The values of the lines across the curve, and the deepest drawdown beside its own curve. */
function Values({ curve, currency }: Omit<ChartProps, "points">) {
  const top = (value: number) => ((curve.most - value) / (curve.most - curve.least)) * HEIGHT;
  return (
    <>
      {ticksOf(curve.least, curve.most).map((value) => (
        <span
          key={value}
          className="num absolute start-0 end-0 flex items-center gap-2"
          style={{ top: top(value) - 8 }}
        >
          <span className="w-20 shrink-0 truncate text-end text-[11px] leading-4 text-muted">
            <Money value={value} currency={currency} />
          </span>
          <span aria-hidden="true" className="h-px flex-1 bg-line" />
        </span>
      ))}
      {curve.deepest > 0 ? (
        <span
          className="num absolute start-0 w-20 truncate text-end text-[11px] text-muted"
          style={{ top: HEIGHT + 20 }}
        >
          <Money value={-curve.deepest} currency={currency} />
        </span>
      ) : null}
    </>
  );
}

/** Shapes are stretched to the width of the page; lines keep their thickness. */
function Lines({ curve }: { readonly curve: Curve }) {
  const line = { fill: "none", vectorEffect: "non-scaling-stroke" } as const;
  return (
    <div aria-hidden="true">
      <svg
        viewBox="0 0 1000 1000"
        preserveAspectRatio="none"
        className="relative block w-full"
        style={{ height: HEIGHT }}
        role="presentation"
      >
        <path d={curve.band} className="fill-accent/15" />
        <path d={curve.balance} {...line} className="stroke-muted" strokeWidth="1.25" strokeDasharray="4 3" />
        <path d={curve.equity} {...line} className="stroke-accent" strokeWidth="1.75" strokeLinejoin="round" />
      </svg>
      <svg
        viewBox="0 0 1000 1000"
        preserveAspectRatio="none"
        className="block h-9 w-full border-t border-line"
        role="presentation"
      >
        <path d={curve.drawdown} className="fill-bad/35" />
      </svg>
    </div>
  );
}

function useTime(): (at: number) => string {
  const format = useFormatter();
  const timeZone = useZone();
  return (at) =>
    format.dateTime(new Date(at), {
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone,
    });
}

/** The times below the curve, fewer of them on a phone. */
function Times({ points }: { readonly points: readonly EquityPoint[] }) {
  const time = useTime();
  return (
    <p className="num mt-1 flex justify-between text-[11px] text-muted" suppressHydrationWarning>
      {timesOf(points, TIMES).map((at, index) => (
        <span key={at} className={index % 2 === 1 ? "max-sm:hidden" : undefined} suppressHydrationWarning>
          {time(at)}
        </span>
      ))}
    </p>
  );
}

/** The figures at the point under the pointer, beside a line through it. */
function Here({ point, points, currency }: Omit<ChartProps, "curve"> & { readonly point: EquityPoint }) {
  const t = useTranslations("equity");
  const time = useTime();
  const place = placeOf(points, point);
  const fall = fallsOf(points)[points.indexOf(point)]?.money ?? 0;
  const facts = [
    ["equity", point.equity],
    ["balance", point.balance],
    ["drawdown", fall],
  ] as const;
  return (
    <>
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-y-0 w-px bg-edge"
        style={{ left: `${place * 100}%` }}
      />
      <div
        className="pointer-events-none absolute top-1 rounded-md border border-line bg-surface px-2.5 py-1.5 text-xs"
        style={place > 0.5 ? { right: `calc(${(1 - place) * 100}% + 8px)` } : { left: `calc(${place * 100}% + 8px)` }}
      >
        <p className="num font-medium">{time(Date.parse(point.at))}</p>
        <dl className="grid grid-cols-[auto_auto] gap-x-3">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{t(name)}</dt>
              <dd className="num text-end">
                <Money value={value} currency={currency} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}

function Legend() {
  const t = useTranslations("equity");
  return (
    <figcaption className="flex flex-wrap justify-end gap-x-3 text-xs text-muted">
      <Key className="bg-accent">{t("equity")}</Key>
      <Key className="bg-muted">{t("balance")}</Key>
      <Key className="bg-bad/60">{t("drawdown")}</Key>
    </figcaption>
  );
}

function Key({ className, children }: { readonly className: string; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={cx("h-0.5 w-3", className)} />
      {children}
    </span>
  );
}
