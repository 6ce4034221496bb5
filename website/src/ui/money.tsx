"use client";

import { useFormatter } from "next-intl";
import { cx } from "./cx";

const ISO = /^[A-Z]{3}$/;

interface MoneyProps {
  readonly value: number | null | undefined;
  readonly currency: string | null | undefined;
  /** Shows the sign and a colour, for a profit or a loss. */
  readonly gain?: boolean;
}

/** Money with its currency. The sign tells profit from loss; the colour only helps. */
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

/** Money as text. A unit that is no ISO currency follows the number. */
export function useMoney(): (value: number, currency: string | null | undefined, gain?: boolean) => string {
  const format = useFormatter();
  return (value, currency, gain = false) => {
    const sign = { signDisplay: gain ? ("exceptZero" as const) : ("auto" as const) };
    if (currency && ISO.test(currency)) return format.number(value, { ...sign, style: "currency", currency });
    return `${format.number(value, { ...sign, minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency ?? ""}`;
  };
}
