import type { Equity, EquityPoint, LiveAccount } from "@/api/live";

/** SVG paths of an equity curve in a unit square, with the highest value at the top. */
export interface Curve {
  readonly equity: string;
  readonly band: string;
  readonly balance: string;
  readonly drawdown: string;
  readonly least: number;
  readonly most: number;
  /** The deepest drawdown from an earlier high, in money and as a share of that high. */
  readonly deepest: number;
  readonly deepestShare: number;
}

type Place = readonly [x: number, y: number];

/** The curve of two points or more, oldest first; null for fewer. */
export function curveOf(points: readonly EquityPoint[]): Curve | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const [start, end] = [Date.parse(first.at), Date.parse(last.at)];
  const values = points.flatMap((point) => [point.low, point.high, point.balance]);
  const { least, most } = roomy(Math.min(...values), Math.max(...values));
  const x = (point: EquityPoint) => (end > start ? (Date.parse(point.at) - start) / (end - start) : 0);
  const y = (value: number) => (most - value) / (most - least);
  const falls = fallsOf(points);
  const deepest = Math.max(...falls.map((fall) => fall.money));
  const deepestShare = Math.max(...falls.map((fall) => fall.share));
  const depth = Math.max(deepest, Number.MIN_VALUE);
  const up = points.map((point): Place => [x(point), y(point.high)]);
  const down = points.map((point): Place => [x(point), y(point.low)]).toReversed();
  const below = points.map((point, at): Place => [x(point), (falls[at]?.money ?? 0) / depth]);
  return {
    equity: path(points.map((point) => [x(point), y(point.equity)])),
    band: `${path([...up, ...down])}Z`,
    balance: path(points.map((point) => [x(point), y(point.balance)])),
    drawdown: `${path([[0, 0], ...below, [1, 0]])}Z`,
    least,
    most,
    deepest,
    deepestShare,
  };
}

/** How far the equity was below its highest so far, at each point. */
export function fallsOf(points: readonly EquityPoint[]): readonly { readonly money: number; readonly share: number }[] {
  let highest = Number.NEGATIVE_INFINITY;
  return points.map((point) => {
    highest = Math.max(highest, point.equity, point.high);
    const money = Math.max(0, highest - point.low);
    return { money, share: highest > 0 ? money / highest : 0 };
  });
}

/** The point nearest to a share of the width. */
export function nearest(points: readonly EquityPoint[], share: number): EquityPoint | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return undefined;
  const at = Date.parse(first.at) + share * (Date.parse(last.at) - Date.parse(first.at));
  return points.reduce((best, point) =>
    Math.abs(Date.parse(point.at) - at) < Math.abs(Date.parse(best.at) - at) ? point : best,
  );
}

/** The place of a point, as a share of the width. */
export function placeOf(points: readonly EquityPoint[], point: EquityPoint): number {
  const [first, last] = [points[0], points.at(-1)];
  const width = first && last ? Date.parse(last.at) - Date.parse(first.at) : 0;
  return first && width > 0 ? (Date.parse(point.at) - Date.parse(first.at)) / width : 0;
}

/**
 * Ends the history with the terminal's last report: samples are up to a minute old, and a page must show one equity.
 */
export function withNow(equity: Equity, live: Told | undefined): Equity {
  const last = equity.points.at(-1);
  const { equity: now, balance, heartbeat_at: at } = live ?? {};
  if (!last || now == null || balance == null || !at || Date.parse(at) <= Date.parse(last.at)) return equity;
  return { ...equity, points: [...equity.points, { at, balance, equity: now, low: now, high: now }] };
}

type Told = Pick<LiveAccount, "equity" | "balance" | "heartbeat_at">;

/** The last reports of all accounts in one currency together; undefined without any. */
export function toldInAll(accounts: readonly LiveAccount[], currency: string): Told | undefined {
  const theirs = accounts.filter((account) => account.currency === currency && account.equity != null);
  const sum = (of: "equity" | "balance") => theirs.reduce((before, account) => before + (account[of] ?? 0), 0);
  const beats = theirs.flatMap(({ heartbeat_at: at }) => at ?? []).toSorted();
  return theirs.length === 0
    ? undefined
    : { equity: sum("equity"), balance: sum("balance"), heartbeat_at: beats.at(-1) ?? null };
}

/** The currencies that more than one account has, the most frequent first: their equity can be added up. */
export function sharedCurrencies(accounts: readonly Pick<LiveAccount, "currency">[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { currency } of accounts) if (currency) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([currency]) => currency);
}

const STEPS = [1, 2, 5, 10];

/** Round values between two bounds for the lines of an axis, at most `most` of them. */
export function ticksOf(low: number, high: number, most = 5): readonly number[] {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** Times at even distances from the first point to the last, for the axis below a curve. */
export function timesOf(points: readonly EquityPoint[], count: number): readonly number[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const [from, to] = [Date.parse(first.at), Date.parse(last.at)];
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}

/** Adds a margin above and below, so that a flat line lies in the middle. */
function roomy(least: number, most: number): { readonly least: number; readonly most: number } {
  const air = most > least ? (most - least) * 0.06 : Math.max(1, Math.abs(most) * 0.01);
  return { least: least - air, most: most + air };
}

const path = (places: readonly Place[]): string =>
  places.map(([x, y], at) => `${at === 0 ? "M" : "L"}${(x * 1000).toFixed(1)} ${(y * 1000).toFixed(1)}`).join("");
