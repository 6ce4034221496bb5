"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import type { LiveAccount, Positions } from "@/api/live";
import { useLive } from "@/features/live/use-live";
import { useNames } from "@/features/trades/names";
import { Figure } from "@/ui/figure";
import { Money } from "@/ui/money";
import { byMarginLevel, everyPosition, type Sums, sumsOf } from "./figures";

/** Below these margin levels brokers warn of a margin call, and close positions. */
const MARGIN_SOON = 200;
const MARGIN_NOW = 120;

/** The day's result, the present equity, and the account nearest to a margin call. */
export function MoneyStrip({ earned }: { readonly earned: Schemas["Dashboard"]["earned_today"] }) {
  const t = useTranslations("overview");
  const { data: live } = useLive();
  const booked = sumsOf((earned ?? []).map(({ currency, net }) => [currency, Number(net)]));
  const open = live ? openProfit(live) : new Map();
  const equity = sumsOf((live?.accounts ?? []).map((account) => [account.currency, account.equity]));
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure
        href="/app/statistics"
        name={t("earned")}
        value={<SumsOf sums={both(booked, open)} gain />}
        note={
          <>
            {t("booked")} <SumsOf sums={booked} gain />
          </>
        }
      />
      <Figure href="/app/positions" name={t("openProfit")} value={<SumsOf sums={open} gain />} />
      <Figure href="/app/accounts" name={t("equity")} value={<SumsOf sums={equity} />} />
      <Margin accounts={live?.accounts ?? []} />
    </dl>
  );
}

function openProfit(live: Positions): Sums {
  const currency = new Map(live.accounts.map((account) => [account.account_id, account.currency]));
  return sumsOf(everyPosition(live).map((one) => [currency.get(one.account_id) ?? null, one.profit]));
}

const both = (one: Sums, other: Sums): Sums => sumsOf([...one, ...other]);

/** A sum in each currency, one below the other. */
export function SumsOf({ sums, gain = false }: { readonly sums: Sums; readonly gain?: boolean }) {
  if (sums.size === 0) return <span className="text-muted">–</span>;
  return [...sums].map(([currency, value]) => (
    <span key={currency} className="me-3 inline-block">
      <Money value={value} currency={currency} gain={gain} />
    </span>
  ));
}

function Margin({ accounts }: { readonly accounts: readonly LiveAccount[] }) {
  const t = useTranslations("overview");
  const name = useNames();
  const [lowest] = byMarginLevel(accounts);
  if (!lowest) return <Figure name={t("margin")} value="–" note={t("noMargin")} />;
  const [account, level] = lowest;
  return (
    <Figure
      href={`/app/accounts/${account.account_id}`}
      name={t("margin")}
      value={`${Math.round(level)} %`}
      note={t("marginOf", { label: name(account.account_id) })}
      tone={level < MARGIN_NOW ? "now" : level < MARGIN_SOON ? "soon" : null}
    />
  );
}
