"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { EquityRange } from "@/api/live";
import * as queries from "@/api/queries";
import { Money } from "@/ui/money";
import { Panel } from "@/ui/page";
import { Skeleton } from "@/ui/states";
import { percent } from "./periods";
import { type Risk, riskOf } from "./risk";

interface RiskPanelProps {
  /** The account whose equity is shown until another one is chosen. */
  readonly first: string | undefined;
  readonly range: EquityRange;
  readonly since: string;
}

/** An account's gain and its deepest drawdown meanwhile. */
export function RiskPanel({ first, range, since }: RiskPanelProps) {
  const t = useTranslations("risk");
  const { data: accounts = [] } = useQuery(queries.accounts());
  const [chosen, choose] = useState<string | null>(null);
  const account = chosen ?? first ?? accounts.find((one) => one.role !== "master")?.id ?? accounts[0]?.id ?? "";
  const { data } = useQuery(queries.equity(account, range));
  if (account === "") return null;
  const risk = data ? riskOf(data.points.filter((point) => point.at >= since)) : null;
  return (
    <Panel
      title={t("title")}
      aside={
        <select
          aria-label={t("account")}
          className="control min-h-8 w-auto max-w-56 py-0.5 text-sm"
          value={account}
          onChange={(event) => choose(event.target.value)}
        >
          {accounts.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
      }
    >
      {risk ? (
        <Figures risk={risk} currency={data?.currency ?? null} />
      ) : data ? (
        <p className="text-sm text-muted">{t("empty")}</p>
      ) : (
        <Skeleton className="h-24" />
      )}
    </Panel>
  );
}

function Figures({ risk, currency }: { readonly risk: Risk; readonly currency: string | null }) {
  const t = useTranslations("risk");
  const format = useFormatter();
  const ratio = (value: number | null) =>
    value === null ? <span className="text-muted">–</span> : format.number(value, { maximumFractionDigits: 2 });
  const gained = format.number(risk.gained, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 2 });
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["gained", gained],
    ["drawdown", <Money key="drawdown" value={risk.drawdown} currency={currency} />],
    ["drawdownShare", percent(risk.drawdownShare)],
    ["recovery", ratio(risk.recovery)],
    ["sharpe", ratio(risk.sharpe)],
    ["sortino", ratio(risk.sortino)],
  ];
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt className="text-xs text-muted">{t(key)}</dt>
            <dd className="num font-semibold">
              <span dir="ltr">{value}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-[13px] text-muted">{t("note", { days: risk.days })}</p>
    </>
  );
}
