"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { lots } from "@/lib/numbers";
import { Figure } from "@/ui/figure";
import { percent } from "./periods";

type Maybe = number | null | undefined;

interface TotalsProps {
  readonly totals: Schemas["GroupStatistics"];
  readonly streaks: Schemas["Streaks"];
}

/** A period in six figures. */
export function Totals({ totals, streaks }: TotalsProps) {
  const t = useTranslations("statistics");
  const format = useFormatter();
  const number = (value: Maybe) => (value == null ? "–" : format.number(value, { maximumFractionDigits: 2 }));
  const bp = (value: Maybe) =>
    value == null ? "–" : `${format.number(value, { signDisplay: "exceptZero", maximumFractionDigits: 2 })} bp`;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 xl:grid-cols-6">
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
      <Figure
        name={t("longestWins")}
        value={streaks.longest_wins}
        note={t("goesOn", { count: streaks.current_wins })}
      />
      <Figure
        name={t("longestLosses")}
        value={streaks.longest_losses}
        note={t("goesOn", { count: streaks.current_losses })}
      />
    </dl>
  );
}
