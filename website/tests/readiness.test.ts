import { createElement } from "react";
import { expect, it } from "vitest";
import { isUnready, SymbolFindings } from "@/features/readiness/link-check";
import { cannotTrade, isHeldUp, modeOf, toneOf } from "@/features/readiness/standing";
import { HeldUpStatus, TradingNote } from "@/features/readiness/why";
import { drawn } from "./drawn";

const SLAVE = { account_id: "a", status: "cannot_trade", reason: "trading_off_autotrading", turn: "service" } as const;

it("a copier that cannot trade says in the list why, and whose turn it is", () => {
  const html = drawn(createElement(HeldUpStatus, { found: { ...SLAVE, account_id: null } }));
  expect(html).toContain("Cannot trade");
  expect(html).toContain("AutoTrading is off");
  expect(html).toContain("We are on it");
});

it("a terminal that cannot connect is told by its reason", () => {
  const found = { status: "failed", reason: "InvalidCredentials", turn: "person", account_id: null } as const;
  const html = drawn(createElement(HeldUpStatus, { found }));
  expect(html).toContain("The broker refused this password.");
  expect(html).toContain("You need to act");
});

it("what keeps a copier from working is held up, a mode that somebody chose is not", () => {
  const held = (["paused", "failed", "disconnected", "starting", "cannot_trade", "halted"] as const).map(
    (status) => isHeldUp({ status }) && modeOf({ status }) === undefined,
  );
  expect(held).toEqual(Array(6).fill(true));
  expect((["off", "closing", "rehearsing", "working", "refused"] as const).some((status) => isHeldUp({ status }))).toBe(
    false,
  );
  expect(modeOf({ status: "closing" })).toBe("close_only");
});

it("it is red only where the person must act now", () => {
  expect(toneOf({ status: "cannot_trade", turn: "person" })).toBe("now");
  expect(toneOf({ status: "cannot_trade", turn: "broker" })).toBe("soon");
  expect(toneOf({ status: "starting", turn: "service" })).toBe("busy");
});

it("a master's page says that its login can only watch, and calls it no trouble", () => {
  const master = { ...SLAVE, reason: "trading_off_account", turn: "person", matters: false } as const;
  const html = drawn(createElement(TradingNote, { found: master }));
  expect(html).toContain("all a master needs");
  expect(html).not.toContain("turn.");
  expect(cannotTrade(master)).toBe(false);
  expect(cannotTrade({ ...master, matters: true })).toBe(true);
});

it("accounts are linked with a warning where the slave cannot trade, and without where the master cannot", () => {
  expect(isUnready({ ...SLAVE, matters: false }, "slave")).toBe(true);
  expect(isUnready({ ...SLAVE, matters: false }, "master")).toBe(false);
  expect(isUnready({ ...SLAVE, status: "disconnected", matters: false }, "master")).toBe(true);
});

it("what is different at the slave's broker is told before the accounts are linked", () => {
  const missing = { why: "missing", symbol: "GER40", named: "" };
  const lots = { symbol: "GOLD", named: "XAUUSD", their_min: "0.01", their_step: "0.01", min: "0.10", step: "0.10" };
  const html = drawn(
    createElement(SymbolFindings, {
      found: {
        checked: 2,
        master_known: true,
        slave_known: true,
        findings: [
          { symbol: "GER40", code: "symbol_unknown", params: missing, is_skipped: true },
          { symbol: "GOLD", code: "lots_differ", params: lots, is_skipped: false },
        ],
      },
    }),
  );
  expect(html).toContain("GER40");
  expect(html).toContain("XAUUSD starts at 0.10 lots");
});

it("symbols that are not known yet are not called the same", () => {
  const found = { checked: 0, master_known: false, slave_known: false, findings: [] };
  expect(drawn(createElement(SymbolFindings, { found }))).toContain("has not reported its symbols yet");
  expect(drawn(createElement(SymbolFindings, { found: { ...found, checked: 3, slave_known: true } }))).toContain(
    "All 3 symbols",
  );
});
