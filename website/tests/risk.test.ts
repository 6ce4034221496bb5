import { expect, it } from "vitest";
import { dailyReturns, riskOf } from "@/features/statistics/risk";

const day = (date: string, equity: number, low = equity, high = equity) => ({
  at: `${date}T12:00:00Z`,
  balance: equity,
  equity,
  low,
  high,
});
const days = (...equities: readonly number[]) =>
  equities.map((equity, at) => day(`2026-03-${String(at + 1).padStart(2, "0")}`, equity));

it("tells what was gained, how deep it fell, and what the one was for the other", () => {
  const risk = riskOf([day("2026-03-01", 100), day("2026-03-02", 120, 90, 130), day("2026-03-03", 110)]);
  expect(risk?.gained).toBeCloseTo(0.1);
  expect(risk?.drawdown).toBe(40);
  expect(risk?.drawdownShare).toBeCloseTo(40 / 130);
  expect(risk?.recovery).toBeCloseTo(0.25);
});

it("knows nothing of fewer than two points, or of an account that began with nothing", () => {
  expect(riskOf([])).toBeNull();
  expect(riskOf(days(100))).toBeNull();
  expect(riskOf(days(0, 100))).toBeNull();
});

it("has no recovery without a fall", () => expect(riskOf(days(100, 110))?.recovery).toBeNull());

it("a day's return is from the last equity of the day before", () => {
  const points = [
    day("2026-03-01", 50),
    { ...day("2026-03-01", 100), at: "2026-03-01T23:00:00Z" },
    day("2026-03-04", 110),
  ];
  expect(dailyReturns(points)).toEqual([expect.closeTo(0.1)]);
});

it("Sharpe and Sortino are by the year, and need five days", () => {
  expect(riskOf(days(100, 101, 99, 102, 101))?.sharpe).toBeNull();
  const risk = riskOf(days(100, 101, 100, 101, 100, 101, 102));
  const returns = [0.01, -1 / 101, 0.01, -1 / 101, 0.01, 1 / 101];
  const mean = returns.reduce((sum, one) => sum + one, 0) / 6;
  const spread = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 6);
  const falls = Math.sqrt(returns.reduce((sum, one) => sum + Math.min(0, one) ** 2, 0) / 6);
  expect(risk?.sharpe).toBeCloseTo((mean / spread) * Math.sqrt(252));
  expect(risk?.sortino).toBeCloseTo((mean / falls) * Math.sqrt(252));
});

it("what only rises has no Sortino", () => expect(riskOf(days(1, 2, 3, 4, 5, 6, 7))?.sortino).toBeNull());
