import type { EquityPoint } from "@/api/live";
import { fallsOf } from "@/features/live/curve";

/** Ratios of an account's equity that traders compare by. Deposits count as gains, withdrawals as losses. */
export interface Risk {
  /** As a share of the first equity. */
  readonly gained: number;
  readonly drawdown: number;
  readonly drawdownShare: number;
  /** The gain for each unit of the deepest drawdown; null without a drawdown. */
  readonly recovery: number | null;
  /**
   * The mean of the daily returns over their deviation (Sortino: their downside deviation), for a year of trading
   * days.
   */
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly days: number;
}

const TRADING_DAYS = 252;
/** Ratios are not annualized from fewer days. */
const LEAST_DAYS = 5;

/** Null for fewer than two points, or without equity at the start. Points must be in order. */
export function riskOf(points: readonly EquityPoint[]): Risk | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2 || first.equity <= 0) return null;
  const falls = fallsOf(points);
  const drawdown = Math.max(...falls.map((fall) => fall.money));
  const gained = last.equity - first.equity;
  const returns = dailyReturns(points);
  return {
    gained: gained / first.equity,
    drawdown,
    drawdownShare: Math.max(...falls.map((fall) => fall.share)),
    recovery: drawdown > 0 ? gained / drawdown : null,
    sharpe: yearly(returns, returns),
    sortino: yearly(
      returns,
      returns.map((one) => Math.min(0, one)),
      0,
    ),
    days: returns.length,
  };
}

/** Returns from the last equity of one day (UTC) to that of the next one with any. */
export function dailyReturns(points: readonly EquityPoint[]): readonly number[] {
  const closes = [...new Map(points.map((point) => [point.at.slice(0, 10), point.equity])).values()];
  return closes.slice(1).flatMap((close, at) => {
    const before = closes[at] ?? 0;
    return before > 0 ? [close / before - 1] : [];
  });
}

function yearly(returns: readonly number[], spread: readonly number[], around = mean(spread)): number | null {
  if (returns.length < LEAST_DAYS) return null;
  const deviation = Math.sqrt(mean(spread.map((one) => (one - around) ** 2)));
  return deviation > 0 ? (mean(returns) / deviation) * Math.sqrt(TRADING_DAYS) : null;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length;
