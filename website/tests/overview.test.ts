import { describe, expect, it } from "vitest";
import type { Account } from "@/api/client";
import type { LiveAccount, Position, Positions } from "@/api/live";
import { worstFirst } from "@/features/overview/accounts";
import { byCurrency, byMarginLevel, bySymbol, everyPosition, openOf, sumsOf } from "@/features/overview/figures";
import { guardOfKey } from "@/features/requests/guard-name";
import { signedLots } from "@/lib/numbers";

const live = (id: string, more: Partial<LiveAccount> = {}): LiveAccount =>
  ({ account_id: id, currency: "USD", equity: 1_000, margin: 100, ...more }) as LiveAccount;
const position = (account: string, ticket: string, more: Partial<Position> = {}): Position =>
  ({
    account_id: account,
    ticket,
    symbol: "EURUSD",
    side: "buy",
    lots: "1",
    price: 1.1,
    profit: 5,
    ...more,
  }) as Position;
const group = (master: Position, ...copies: (Position | null)[]) =>
  ({ master, copies: copies.map((one) => ({ position: one })) }) as Positions["groups"][number];

describe("money over all accounts", () => {
  it("is summed for each currency, and never over two", () => {
    expect(
      Object.fromEntries(
        sumsOf([
          ["USD", 1.5],
          ["EUR", 2],
          ["USD", -4],
          ["USD", null],
          [null, 9],
        ]),
      ),
    ).toEqual({
      USD: -2.5,
      EUR: 2,
    });
  });
  it("has the account that is nearest to a margin call first, and none that uses no margin", () => {
    const accounts = [
      live("far"),
      live("near", { equity: 150 }),
      live("none", { margin: 0 }),
      live("new", { equity: null }),
    ];
    expect(byMarginLevel(accounts).map(([account, level]) => [account.account_id, level])).toEqual([
      ["near", 150],
      ["far", 1_000],
    ]);
  });
  it("counts a position once that several copies share", () => {
    const shared = position("s", "9");
    const found = everyPosition({
      accounts: [],
      groups: [group(position("m", "1"), shared), group(position("m", "2"), shared, null)],
      others: [{ position: position("s", "10"), link: null }],
    });
    expect(found.map(({ ticket }) => ticket)).toEqual(["1", "9", "2", "10"]);
  });
});

describe("exposure", () => {
  const held = [
    position("a", "1", { lots: "0.10" }),
    position("b", "2", { lots: "0.20", side: "sell" }),
    position("b", "3", { symbol: "GBPJPY.m", price: 200, lots: "0.01" }),
    position("b", "4", { symbol: "XAUUSD", price: 4_000 }),
  ];
  it("of symbols is what is bought less what is sold, the largest first", () => {
    expect(bySymbol(held).map(({ name, net }) => [name, signedLots(net)])).toEqual([
      ["XAUUSD", "+1.00"],
      ["EURUSD", "-0.10"],
      ["GBPJPY.m", "+0.01"],
    ]);
  });
  it("of currencies has both sides of each pair, and no other symbols", () => {
    expect(byCurrency(held).map(({ name, net }) => [name, Math.round(net)])).toEqual([
      ["JPY", -200_000],
      ["USD", 11_000],
      ["EUR", -10_000],
      ["GBP", 1_000],
    ]);
  });
});

it("what is open is one row for a master with its copies, what loses most first", () => {
  const rows = openOf({
    accounts: [live("m"), live("s", { currency: "EUR" })],
    groups: [
      group(position("m", "1"), position("s", "2"), null),
      group(position("m", "3", { profit: -1 }), position("s", "4", { profit: -90 })),
    ],
    others: [{ position: position("s", "5", { profit: -10 }), link: null }],
  });
  expect(rows.map((row) => [row.position.ticket, row.copiesOpen, row.copies, Object.fromEntries(row.profit)])).toEqual([
    ["3", 1, 1, { USD: -1, EUR: -90 }],
    ["5", 0, 0, { EUR: -10 }],
    ["1", 1, 2, { USD: 5, EUR: 5 }],
  ]);
});

it("accounts on which somebody must act stand first, then the nearest to a margin call", () => {
  const account = (id: string, state = "ready") =>
    ({
      id,
      state,
      operating_mode: "running",
      state_reason: state === "failed" ? "InvalidCredentials" : null,
    }) as Account;
  const rows = worstFirst(
    [account("well"), account("near"), account("failed", "failed"), account("unknown")],
    [live("well"), live("near", { equity: 110 })],
  );
  expect(rows.map((row) => row.account.id)).toEqual(["failed", "near", "well", "unknown"]);
});

it("the key of a guard names its kind and period, and nothing else does", () => {
  expect(guardOfKey("loss/day/equity-difference#0")).toEqual({ kind: "loss", period: "day" });
  expect([guardOfKey("opened/day"), guardOfKey("g"), guardOfKey(null)]).toEqual([null, null, null]);
});
