import { createElement } from "react";
import { describe, expect, it } from "vitest";
import { actorOf } from "@/features/activity/actor";
import { anchorOf, linesOf } from "@/features/staff/rules";
import { Why } from "@/features/trades/why";
import { found, wantedTicket } from "@/shell/targets";
import { drawn } from "./drawn";

describe("the rules of a customer's copier", () => {
  const settings = {
    sizing: { mode: "multiplier", factor: "0.5" },
    filters: { allowed_sides: ["buy", "sell"], news_filter: null },
    guards: { risk_limits: [{ kind: "loss", max_relative_risk: "0.05" }] },
  };
  const lines = linesOf(settings);

  it("are listed by the paths that reasons name", () => {
    expect(lines.map(({ path, value }) => `${path}=${value}`)).toEqual([
      "sizing.mode=multiplier",
      "sizing.factor=0.5",
      "filters.allowed_sides=buy, sell",
      "guards.risk_limits.0.kind=loss",
      "guards.risk_limits.0.max_relative_risk=0.05",
    ]);
  });

  it("are where a skipped copy's link leads: a line, the first of a group, or the copier", () => {
    expect(anchorOf("c", "filters.allowed_sides", lines)).toBe("c.filters.allowed_sides");
    expect(anchorOf("c", "guards.risk_limits.0", lines)).toBe("c.guards.risk_limits.0.kind");
    expect(anchorOf("c", "max_signal_age_ms", lines)).toBe("c");
  });
});

it("a setting is linked where its reader can see it, and named where nobody can", () => {
  const copy = {
    status: "skipped" as const,
    reason: "news",
    params: { currency: "USD", importance: "high", title: "x", when: "ahead", minutes: 5 },
    setting: "mode",
    copier_id: "c1",
  };
  expect(drawn(createElement(Why, { copy }))).toContain('href="/app/copiers/c1#mode"');
  expect(drawn(createElement(Why, { copy, settingAt: (copier, setting) => `#${copier}.${setting}` }))).toContain(
    'href="#c1.mode"',
  );
  const nowhere = drawn(createElement(Why, { copy, settingAt: () => null }));
  expect(nowhere).not.toContain("href");
  expect(nowhere).toContain("Mode");
});

it("for support an action has the name of who did it, and no customer is “you”", () => {
  expect(actorOf({ actor: "you" })).toEqual({ key: "you" });
  expect(actorOf({ actor: "you", actor_email: "a@example.test" })).toEqual({ email: "a@example.test" });
  expect(actorOf({ actor: "you", actor_email: null })).toEqual({ key: "person" });
  expect(actorOf({ actor: "system", actor_email: null })).toEqual({ key: "system" });
});

describe("the palette", () => {
  const target = (label: string, hint = "") => ({ key: label, label, hint, href: "/" });

  it("shows trades of a ticket however much else has the number in its name", () => {
    const named = Array.from({ length: 12 }, (_, n) => target(`Account ${n} · 4711`));
    expect(
      found("4711", named, [target("Buy EURUSD")])
        .map(({ label }) => label)
        .at(-1),
    ).toBe("Buy EURUSD");
    expect(found("4711", named, [])).toHaveLength(9);
  });

  it("finds by a part of the name or of the hint, whatever its case", () => {
    expect(found("BROK", [target("Alpha", "Broker-Demo"), target("Beta")], []).map(({ label }) => label)).toEqual([
      "Alpha",
    ]);
  });

  it("asks for tickets only where a number was typed", () => {
    expect(["12", " 4711 ", "1", "47a", "1234567890123456789"].map(wantedTicket)).toEqual([
      "12",
      "4711",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
