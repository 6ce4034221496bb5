import { expect, it } from "vitest";
import type { EquityPoint, LiveAccount, Position, Positions } from "@/api/live";
import { helpOf, withMapping } from "@/features/copiers/mismatch";
import { rulesBesideSizing, TEMPLATES, templateOf } from "@/features/copiers/templates";
import {
  curveOf,
  fallsOf,
  nearest,
  placeOf,
  sharedCurrencies,
  ticksOf,
  timesOf,
  toldInAll,
  withNow,
} from "@/features/live/curve";
import { frozenSince, rowsOf } from "@/features/live/positions";
import { requestFor } from "@/features/requests/copy-request";
import { limitsOf } from "@/features/requests/guards";
import { digitsOf, price } from "@/lib/numbers";
import { slippageMoney, slippagePoints } from "@/lib/slippage";

const point = (minute: number, equity: number, low = equity, high = equity): EquityPoint => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  balance: 100,
  equity,
  low,
  high,
});

const position = (account_id: string, ticket: string, more: Partial<Position> = {}): Position => ({
  account_id,
  ticket,
  symbol: "EURUSD",
  side: "buy",
  lots: "1",
  open_price: 1.1,
  sl: null,
  tp: null,
  price: 1.10214,
  profit: 5,
  opened_at: "2026-01-01T00:00:00Z",
  ...more,
});

it("a drawdown is counted from the highest before it, by the lows between two samples", () => {
  const falls = fallsOf([point(0, 100), point(1, 120), point(2, 110, 90), point(3, 130)]);
  expect(falls.map(({ money }) => money)).toEqual([0, 0, 30, 0]);
  expect(falls[2]?.share).toBe(0.25);
});

it("a curve needs two points, stays within its frame, and a flat one lies in the middle", () => {
  expect(curveOf([point(0, 100)])).toBeNull();
  const flat = curveOf([point(0, 100), point(1, 100)]);
  expect(flat?.equity).toBe("M0.0 500.0L1000.0 500.0");
  expect([flat?.deepest, flat?.deepestShare]).toEqual([0, 0]);
});

it("an axis has round values within its bounds, at most as many as there is room for", () => {
  expect(ticksOf(9_930, 10_110)).toEqual([9_950, 10_000, 10_050, 10_100]);
  expect(ticksOf(0, 1)).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  expect(ticksOf(-3, 3, 3)).toEqual([-2, 0, 2]);
  expect([ticksOf(5, 5), ticksOf(5, 4)]).toEqual([[], []]);
  expect(timesOf([point(0, 1), point(1, 1), point(8, 1)], 3).map((at) => new Date(at).getUTCMinutes())).toEqual([
    0, 4, 8,
  ]);
});

it("equity is added up in a currency that several accounts have, the most frequent first", () => {
  const told = (currency: string | null, equity: number | null, heartbeat_at: string) =>
    ({ currency, equity, balance: 10, heartbeat_at }) as LiveAccount;
  const accounts = [
    told("EUR", 1, "2026-01-01T00:00:00Z"),
    told("USD", 100, "2026-01-01T00:00:02Z"),
    told("USD", 50, "2026-01-01T00:00:01Z"),
    told("USD", null, "2026-01-01T00:00:09Z"),
    told("CHF", 5, "2026-01-01T00:00:00Z"),
    told("CHF", 5, "2026-01-01T00:00:00Z"),
    told(null, null, "2026-01-01T00:00:00Z"),
  ];
  expect(sharedCurrencies(accounts)).toEqual(["USD", "CHF"]);
  expect(toldInAll(accounts, "USD")).toEqual({ equity: 150, balance: 20, heartbeat_at: "2026-01-01T00:00:02Z" });
  expect(toldInAll(accounts, "JPY")).toBeUndefined();
});

it("the point under the pointer is the nearest in time", () => {
  const points = [point(0, 1), point(1, 2), point(10, 3)];
  expect(nearest(points, 0.12)?.equity).toBe(2);
  expect(nearest(points, 1)?.equity).toBe(3);
});

it("a page has one equity: the curve ends with what the terminal told last", () => {
  const sampled = { range: "day" as const, currency: "USD", points: [point(0, 100), point(1, 110)] };
  const live = { equity: 123, balance: 120, heartbeat_at: "2026-01-01T00:01:30Z" } as LiveAccount;
  expect(withNow(sampled, live).points.at(-1)).toMatchObject({ equity: 123, low: 123, high: 123 });
  expect(withNow(sampled, { ...live, heartbeat_at: "2026-01-01T00:00:30Z" })).toBe(sampled);
  expect(withNow(sampled, undefined)).toBe(sampled);
});

it("the line under the pointer stands at the point whose figures are shown", () => {
  const points = [point(0, 1), point(1, 2), point(10, 3)];
  expect(points.map((one) => placeOf(points, one))).toEqual([0, 0.1, 1]);
});

it("prices of a symbol have as many decimals as the one that shows most", () => {
  expect(digitsOf([1.1, 1.08214, null])).toBe(5);
  expect(digitsOf([1.0821], "EURUSD.m")).toBe(5);
  expect([digitsOf([151.2], "usd/jpy"), digitsOf([2400.5], "XAUUSD"), digitsOf([], "US30")]).toEqual([3, 1, 0]);
  expect(price(1.1, 5)).toBe("1.10000");
  expect(price(null, 5)).toBe("–");
});

const LATER = Date.parse("2026-01-01T01:00:00Z");
const held: Positions = {
  accounts: [],
  groups: [
    {
      master: position("m", "1"),
      copies: [
        {
          copier_id: "c",
          link_id: "7",
          slave_account_id: "s",
          status: "open",
          open_lots: "0.5",
          reason: null,
          params: {},
          position: position("s", "9"),
        },
      ],
    },
  ],
  others: [{ position: position("s", "11"), link: null }],
};

it("copies stand below their master's position, what follows nothing comes last", () => {
  expect(rowsOf(held, LATER).map((row) => row.part)).toEqual(["master", "copy", "alone"]);
  expect(rowsOf(held, LATER).map((row) => row.digits)).toEqual([5, 5, 5]);
  expect(rowsOf(held, LATER, "m").map((row) => row.part)).toEqual(["master", "copy"]);
  expect(rowsOf(held, LATER, "elsewhere")).toEqual([]);
});

it("a position that has only just been opened is not called one that no copier opened", () => {
  const justNow = Date.parse("2026-01-01T00:00:02Z");
  expect(rowsOf(held, justNow).at(-1)?.isNew).toBe(true);
  expect(rowsOf(held, LATER).at(-1)?.isNew).toBe(false);
});

it("prices are of now only while their terminal is connected and heard of", () => {
  const beat = "2026-01-01T00:00:00Z";
  const account = { connected: true, heartbeat_at: beat, updated_at: beat } as LiveAccount;
  const at = (second: number) => Date.parse(beat) + second * 1_000;
  expect(frozenSince(account, at(20))).toBeNull();
  expect(frozenSince(account, at(31))).toBe(beat);
  expect(frozenSince({ ...account, connected: false }, at(1))).toBe(beat);
  expect(frozenSince(undefined, at(1))).toBeNull();
});

it("what was not copied can be copied, what is open can be closed, what is over neither", () => {
  expect(["skipped", "rejected"].map((status) => requestFor(status as "skipped"))).toEqual(["copy_now", "copy_now"]);
  expect(["open", "sent", "unresolved"].map((status) => requestFor(status as "open"))).toEqual(
    Array(3).fill("flatten"),
  );
  expect(["closed", "released"].map((status) => requestFor(status as "closed"))).toEqual([null, null]);
});

it("slippage in money follows from what the open position tells a price step is worth", () => {
  const buy = { open_price: 1.1002, price: 1.1102, profit: 100 };
  expect(slippageMoney(1.1, buy)).toBeCloseTo(-2);
  const sell = { open_price: 1.0998, price: 1.0898, profit: 100 };
  expect(slippageMoney(1.1, sell)).toBeCloseTo(-2);
  expect(slippageMoney(1.1, { ...buy, profit: 0.01 })).toBeNull();
  expect(slippageMoney(null, buy)).toBeNull();
  expect(slippageMoney(1.1, null)).toBeNull();
});

it("slippage in points has the sign of what it did for the copy, whichever way it trades", () => {
  const buy = { side: "buy", master_price: 1.1, open_price: 1.10012 };
  expect(slippagePoints(buy, 5)).toBe(-12);
  expect(slippagePoints({ ...buy, side: "sell" }, 5)).toBe(12);
  expect(slippagePoints({ side: "sell", master_price: 1999.5, open_price: 1999.25 }, 2)).toBe(-25);
  expect(slippagePoints({ ...buy, open_price: 1.1 }, 5)).toBe(0);
  expect(slippagePoints({ ...buy, open_price: null }, 5)).toBeNull();
  expect(slippagePoints({ side: "buy" }, 5)).toBeNull();
});

it("settings without guards have none", () => {
  expect(limitsOf({})).toEqual([]);
  expect(limitsOf({ guards: { risk_limits: [{ kind: "loss" }] } })).toEqual([{ kind: "loss" }]);
});

it("a mapping is added to those that are there, and what stays empty is not mapped", () => {
  const settings = { symbols: { symbol_mapping: [{ from: "GOLD", to: "XAUUSD", factor: "2" }] } };
  expect(withMapping(settings, { EURUSD: " EURUSD.m ", US30: "" })).toEqual({
    symbols: {
      symbol_mapping: [
        { from: "GOLD", to: "XAUUSD", factor: "2" },
        { from: "EURUSD", to: "EURUSD.m" },
      ],
    },
  });
});

it("a proposed name comes with what speaks for it", () => {
  expect(helpOf("Both cost the same.", "Also seen there: GOLD.m")).toBe("Both cost the same. Also seen there: GOLD.m");
  expect(helpOf(null, "Also seen there: GOLD.m")).toBe("Also seen there: GOLD.m");
  expect(helpOf(null, null)).toBeUndefined();
});

it("the plainest template sets nothing but the size", () => {
  expect(TEMPLATES.map((name) => rulesBesideSizing(templateOf(name)))).toEqual([0, 0, 1, 6, 0, 2]);
});
