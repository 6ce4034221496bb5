"use client";

import { useTranslations } from "next-intl";

const PERIODS = ["day", "week", "month", "quarter", "year", "lifetime"] as const;
const KINDS = ["loss", "drawdown", "equity_floor", "profit_target", "best_day"] as const;

interface Guard {
  readonly kind: (typeof KINDS)[number];
  readonly period: (typeof PERIODS)[number];
}

/** The guard of a state's key: kind, period, what it measures and its number. Null for another text. */
export function guardOfKey(key: string | null): Guard | null {
  const [first, second] = (key ?? "").split("/");
  const kind = KINDS.find((one) => one === first);
  const period = PERIODS.find((one) => one === second);
  return kind && period ? { kind, period } : null;
}

/** A guard's name in a list: "Daily loss". */
export function useGuardName(): (guard: Guard) => string {
  const t = useTranslations("guards");
  return ({ kind, period }) => t(`names.${kind}`, { period: t(`each.${period}`) });
}
