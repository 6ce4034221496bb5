import { readFileSync } from "node:fs";
import { createTranslator } from "next-intl";
import { describe, expect, it } from "vitest";
import { LOCALES } from "@/i18n/locales";
import { keyOf, sentences } from "@/i18n/sentences";

const fail = (error: Error): never => {
  throw error;
};
const read = (locale: string) => JSON.parse(readFileSync(`../texts/src/lockstep_texts/${locale}.json`, "utf8"));
const told = (locale: string) =>
  sentences(
    createTranslator({ locale, messages: { texts: read(locale) }, namespace: "texts", onError: fail }) as never,
  );
const en = told("en");

it("a reason has the text that the API's CSV has for it", () => {
  expect(["news", "broker_10019"].map((reason) => keyOf(reason))).toEqual(["reasons.news", "reasons.broker"]);
  expect(keyOf("news", "closed")).toBe("closed.news");
  expect(en.why({ reason: "news", params: {}, status: "closed" })).toBe("It was closed because news were near.");
  const silent = { code: "10019", retcode: "10019", commented: "no", comment: "" };
  expect(en.why({ reason: "broker_10019", params: silent })).toBe("Not enough money on the slave's account.");
});

it("a call that failed has the API's words, and the catalogue's where the API gave none", () => {
  expect(en.problem({ status: 409, code: "gone", detail: "The API's." })).toBe("The API's.");
  expect(en.problem({ status: 0, code: "offline", detail: null })).toContain("no connection");
  expect(en.problem({ status: 502, code: "unexpected", detail: null })).toContain("502");
  expect(told("ar").problem({ status: 0, code: "offline", detail: null })).not.toMatch(/[a-z]{3}/);
});

it("a code of a newer version is its own text", () => {
  expect(en.why({ reason: "full_moon", params: {} })).toBe("full_moon");
  expect(en.why({ reason: null, params: {} })).toBeNull();
});

it("an account that waits for its turn tells how long, in seconds or in minutes", () => {
  const account = { state_reason: "WaitingForTurn", state_message: "2026-11-30T08:00:40Z" };
  const at = (clock: string) => Date.parse(`2026-11-30T${clock}Z`);
  expect(en.turn(account, at("08:00:00"))).toBe("Its turn comes in about 40 s.");
  expect(en.turn(account, at("07:50:00"))).toBe("Its turn comes in about 11 min.");
  expect(en.turn(account, at("08:01:00"))).toBeNull();
  expect(en.turn({ ...account, state_message: "" }, at("08:00:00"))).toBeNull();
  expect(en.turn({ ...account, state_reason: "Starting" }, at("08:00:00"))).toBeNull();
});

describe.each(LOCALES)("in %s", (locale) => {
  const { why, preview, alert, event, account, advice, notice } = told(locale);

  it("counts have a plural of the language", () => {
    const counted = (minutes: number) =>
      why({ reason: "news", params: { currency: "USD", importance: "high", title: "x", when: "ahead", minutes } });
    const expected = { en: ["1 minute:", "2 minutes:", "11 minutes:"], ar: ["واحدة:", "دقيقتين:", "11 دقيقة:"] }[
      locale
    ];
    for (const [index, minutes] of [1, 2, 11].entries()) expect(counted(minutes)).toContain(expected[index]);
  });

  it("a preview tells all its parts", () => {
    const trade = { master_side: "buy", master_lots: "1.00", master_symbol: "EURUSD" };
    const copy = { ...trade, side: "sell", lots: "0.50", symbol: "EURUSD.m", stops: "sl", sl: "1.1", tp: "" };
    const sizing = { code: "sizing", params: { mode: "multiplier", number: "2", base: "" } };
    const cut = { code: "cut", params: { lots: "2.00", by: "max_trade_volume" } };
    const text = preview({ parts: [{ code: "copied", params: copy }, sizing, cut], reason: null, params: {} });
    for (const part of ["1.00", "0.50 EURUSD.m", "1.1", "2", "limits.max_trade_volume"]) expect(text).toContain(part);
    const skipped = {
      parts: [{ code: "not_copied", params: trade }],
      reason: "side_filtered",
      params: { side: "buy" },
    };
    expect(preview(skipped)).toContain(why({ reason: "side_filtered", params: { side: "buy" } }));
  });

  it("an alert says what it is about and why", () => {
    const data = { label: "Alpha", state: "failed", reason: "InvalidCredentials" };
    const needsYou = alert({ kind: "needs_you", data });
    expect(needsYou.title).toContain("Alpha");
    expect(needsYou.body).toContain(account("InvalidCredentials"));
    const rejected = alert({ kind: "rejected", data: { symbol: "EURUSD", reason: "no_answer", params: {} } });
    expect(rejected.body).toBe(why({ reason: "no_answer", params: {} }));
    expect(advice("InvalidCredentials")).not.toBe(advice("full moon"));
  });

  it("an account that is shut out after a fault is told apart from one that is disconnected", () => {
    const data = { label: "Alpha", state: "disconnected", reason: "Quarantined" };
    const shutOut = alert({ kind: "quarantined", data });
    expect(shutOut.title).toContain("Alpha");
    expect(shutOut.body).not.toBe(alert({ kind: "disconnected", data }).body);
    expect(advice("Quarantined")).not.toBe(advice("other"));
  });

  it("an alert about the login says what happened to it", () => {
    expect(alert({ kind: "wrong_codes", data: { count: 6 } }).body).toContain("6");
    expect(alert({ kind: "email_changed", data: { was: "old@example.test" } }).body).toContain("old@example.test");
    expect(alert({ kind: "password_changed", data: {} }).title).not.toBe(
      alert({ kind: "email_changed", data: {} }).title,
    );
  });

  it("what a guard did is the same in an alert and in the history", () => {
    const limit = { measure: "equity", amount: "both", money: "500", percent: "5", base: "start" };
    const params = { kind: "drawdown", ...limit, period: "day" };
    const fired = { kind: "guard_fired" as const, data: { setting: "guards.risk_limits.0", params } };
    expect(event(fired)).toBe(alert(fired).body);
    expect(event({ kind: "guard_reset", data: { guard: "x" } })).toBeTruthy();
  });

  it("a notice names its moment", () => {
    expect(notice("calendar_ended", { until: "2026-11-28 11:00 UTC" })).toContain("2026-11-28 11:00 UTC");
  });
});
