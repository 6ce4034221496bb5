import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { causeHref, grouped, hrefOf, inCurrency, symbolsIn } from "@/features/alerts/groups";

type Alert = Schemas["Alert"];

const alert = (second: number, more: Partial<Alert> = {}): Alert => ({
  id: `a${second}`,
  kind: "out_of_sync",
  severity: "soon",
  account_id: "s1",
  copier_id: "c1",
  link_id: String(second),
  data: { symbol: "EURUSD", reason: "slave_offline", params: {} },
  created_at: new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString(),
  read_at: null,
  ...more,
});

describe("alerts of one cause", () => {
  it("are one entry for each account: four trades with four slaves away are four, not sixteen", () => {
    const alerts = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) =>
      alert(n, {
        account_id: `s${n % 4}`,
        copier_id: `c${n % 4}`,
        data: { symbol: `X${n >> 2}`, reason: "slave_offline" },
      }),
    );
    const groups = grouped(alerts);
    expect(groups.map((group) => group.alerts.length)).toEqual([4, 4, 4, 4]);
    expect(symbolsIn(groups[0] as never)).toEqual(["X3", "X2", "X1", "X0"]);
    expect(groups[0]?.first.id).toBe("a15");
  });
  it("stay apart where the reason or the occasion is another", () => {
    expect(grouped([alert(2), alert(1, { data: { symbol: "EURUSD", reason: "late_price" } })])).toHaveLength(2);
    expect(grouped([alert(2_000), alert(0)])).toHaveLength(2);
  });
  it("of the person's own sign-in are always told one by one", () => {
    const codes = { kind: "wrong_codes" as const, account_id: null, copier_id: null, data: { count: 5 } };
    expect(grouped([alert(2, codes), alert(1, codes)])).toHaveLength(2);
  });
});

describe("an alert", () => {
  it("leads to its cause: the terminal that was away, or the rule that decided", () => {
    expect(causeHref(alert(1))).toBe("/app/accounts/s1");
    const late = { symbol: "EURUSD", reason: "late_price", setting: "late_openings.points" };
    expect(causeHref(alert(1, { data: late }))).toBe("/app/copiers/c1#late_openings.points");
    expect(causeHref(alert(1, { kind: "email_changed" }))).toBeNull();
  });
  it("of several trades leads to all of them", () => {
    expect([hrefOf(alert(1)), hrefOf(alert(1), true)]).toEqual(["/app/trades/1", "/app/out-of-sync"]);
    expect(hrefOf(alert(1, { kind: "rejected" }), true)).toBe("/app/accounts/s1");
  });
  it("names money in the account's currency", () => {
    const fired = alert(1, { kind: "guard_fired", data: { params: { money: "500", percent: "" } } });
    expect(inCurrency(fired, "EUR").data).toEqual({ params: { money: "500 EUR", percent: "" } });
    expect(inCurrency(fired, undefined)).toBe(fired);
    expect(inCurrency(alert(1), "EUR").data).toEqual(alert(1).data);
  });
});
