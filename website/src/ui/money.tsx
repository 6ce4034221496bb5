"use client";

import { useFormatter } from "next-intl";
import { cx } from "./cx";

const ISO = /^[A-Z]{3}$/;

interface MoneyProps {
  readonly value: number | null | undefined;
  readonly currency: string | null | undefined;
  /** Says with a sign, and helps with a colour, whether it was gained or lost. */
  readonly gain?: boolean;
}

/** Money with its currency. A gain or a loss is told by its sign; the colour only helps. */
export function Money({ value, currency, gain = false }: MoneyProps) {
  const money = useMoney();
  if (value == null) return <span className="text-muted">–</span>;
  return (
    <span
      dir="ltr"
      className={cx("num whitespace-nowrap", gain && value > 0 && "text-good", gain && value < 0 && "text-bad")}
    >
      {money(value, currency, gain)}
    </span>
  );
}

/** Money as text; what is no currency of the world is written behind its number. */
export function useMoney(): (value: number, currency: string | null | undefined, gain?: boolean) => string {
  const format = useFormatter();
  return (value, currency, gain = false) => {
    const sign = { signDisplay: gain ? ("exceptZero" as const) : ("auto" as const) };
    if (currency && ISO.test(currency)) return format.number(value, { ...sign, style: "currency", currency });
    return `${format.number(value, { ...sign, minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency ?? ""}`;
  };
}
