"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { type PointerEvent, useMemo, useState } from "react";
import type { Account } from "@/api/client";
import { EQUITY_RANGES, type Equity, type EquityPoint, type EquityRange } from "@/api/live";
import * as queries from "@/api/queries";
import { useZone } from "@/lib/zone";
import { cx } from "@/ui/cx";
import { Money } from "@/ui/money";
import { Panel } from "@/ui/page";
import { Segmented } from "@/ui/segmented";
import { Failure, Skeleton } from "@/ui/states";
import { type Curve, curveOf, nearest, placeOf, withNow } from "./curve";
import { useLiveAccount } from "./use-live";

/** The equity of one of several accounts, with a choice of the account. */
export function EquityOfAny({ accounts }: { readonly accounts: readonly Account[] }) {
  const t = useTranslations("equity");
  const [chosen, setChosen] = useState("");
  const account =
    accounts.find((one) => one.id === chosen) ?? accounts.find((one) => one.role !== "master") ?? accounts[0];
  if (!account) return null;
  const picker = (
    <select
      aria-label={t("account")}
      className="control min-h-8 w-auto max-w-44 py-0.5 text-sm"
      value={account.id}
      onChange={(event) => setChosen(event.target.value)}
    >
      {accounts.map((one) => (
        <option key={one.id} value={one.id}>
          {one.label}
        </option>
      ))}
    </select>
  );
  return <EquityPanel account={account.id} picker={picker} />;
}

interface EquityPanelProps {
  readonly account: string;
  readonly picker?: React.ReactNode;
}

/** The course of an account's equity, and how far it was below its highest. */
export function EquityPanel({ account, picker }: EquityPanelProps) {
  const t = useTranslations("equity");
  const [range, setRange] = useState<EquityRange>("day");
  const { data, error, refetch } = useQuery(queries.equity(account, range));
  const live = useLiveAccount(account);
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
            onChange={setRange}
          />
        </span>
      }
    >
      {error ? (
        <Failure error={error} onRetry={refetch} />
      ) : data ? (
        <EquityCurve equity={withNow(data, live)} />
      ) : (
        <Skeleton className="h-[17.5rem]" />
      )}
    </Panel>
  );
}

function EquityCurve({ equity }: { readonly equity: Equity }) {
  const t = useTranslations("equity");
  const { points, currency } = equity;
  const curve = useMemo(() => curveOf(points), [points]);
  const [first, last] = [points[0], points.at(-1)];
  if (!curve || !first || !last)
    return <p className="grid min-h-[17.5rem] place-content-center text-center text-sm text-muted">{t("empty")}</p>;
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

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
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

function Chart({ curve, points, currency }: ChartProps) {
  const [share, setShare] = useState<number | null>(null);
  const here = share === null ? undefined : nearest(points, share);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  return (
    <figure className="grid gap-1">
      <div dir="ltr" className="relative" onPointerMove={move} onPointerLeave={() => setShare(null)}>
        <Lines curve={curve} />
        <span className="num pointer-events-none absolute start-0 top-0 bg-surface/80 pe-1 text-[11px] text-muted">
          <Money value={curve.most} currency={currency} />
        </span>
        <span className="num pointer-events-none absolute start-0 top-[154px] bg-surface/80 pe-1 text-[11px] text-muted">
          <Money value={curve.least} currency={currency} />
        </span>
        {share === null ? null : (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 w-px bg-edge"
            style={{ left: `${(here ? placeOf(points, here) : share) * 100}%` }}
          />
        )}
      </div>
      <Legend here={here} points={points} currency={currency} />
    </figure>
  );
}

/** Shapes are stretched to the width of the page; lines keep their thickness. */
function Lines({ curve }: { readonly curve: Curve }) {
  const line = { fill: "none", vectorEffect: "non-scaling-stroke" } as const;
  return (
    <div aria-hidden="true">
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" className="block h-[172px] w-full" role="presentation">
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

function Legend({ here, points, currency }: { readonly here: EquityPoint | undefined } & Omit<ChartProps, "curve">) {
  const t = useTranslations("equity");
  const format = useFormatter();
  const timeZone = useZone();
  const [first, last] = [points[0], points.at(-1)];
  const time = (at: string | undefined) =>
    at
      ? format.dateTime(new Date(at), {
          month: "short",
          day: "numeric",
          hour: "2-digit",
          minute: "2-digit",
          hourCycle: "h23",
          timeZone,
        })
      : "";
  return (
    <figcaption className="flex min-h-9 flex-wrap justify-between gap-x-4 text-xs text-muted" suppressHydrationWarning>
      <span className="num">{here ? time(here.at) : `${time(first?.at)} – ${time(last?.at)}`}</span>
      {here ? (
        <span className="flex gap-3">
          <span>
            {t("equity")} <Money value={here.equity} currency={currency} />
          </span>
          <span>
            {t("balance")} <Money value={here.balance} currency={currency} />
          </span>
        </span>
      ) : (
        <span className="flex flex-wrap gap-x-3">
          <Key className="bg-accent">{t("equity")}</Key>
          <Key className="bg-muted">{t("balance")}</Key>
          <Key className="bg-bad/60">{t("drawdown")}</Key>
        </span>
      )}
    </figcaption>
  );
}

function Key({ className, children }: { readonly className: string; readonly children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={cx("h-0.5 w-3", className)} />
      {children}
    </span>
  );
}
