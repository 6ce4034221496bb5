import { describe, expect, it } from "vitest";
import { ofAccounts, ofCopiers } from "@/features/overview/standing";
import { staleKinds } from "@/live/changes";

describe("what the overview says of accounts", () => {
  it("says nothing where every account is connected", () => {
    expect(ofAccounts({ total: 2, connected: 2, paused: 0, needs_you: 0 })).toEqual({ parts: [], tone: null });
  });

  it("never calls it well while accounts are paused", () => {
    expect(ofAccounts({ total: 2, connected: 0, paused: 2, needs_you: 0 })).toEqual({
      parts: [{ key: "paused", count: 2 }],
      tone: "soon",
    });
  });

  it("tells those that are away from those that are paused", () => {
    expect(ofAccounts({ total: 5, connected: 2, paused: 1, needs_you: 0 }).parts).toEqual([
      { key: "away", count: 2 },
      { key: "paused", count: 1 },
    ]);
  });

  it("is red where its owner must act", () => {
    expect(ofAccounts({ total: 2, connected: 1, paused: 0, needs_you: 1 }).tone).toBe("now");
  });
});

describe("what the overview says of copiers", () => {
  const of = (...statuses: Parameters<typeof ofCopiers>[0][number]["status"][]) =>
    ofCopiers(statuses.map((status) => ({ status })));

  it("says nothing where all of them copy", () => {
    expect(of("working", "working")).toEqual({ parts: [], tone: null });
  });

  it("never says that all are on while their accounts are paused or away", () => {
    expect(of("paused", "paused", "failed", "working")).toEqual({ parts: [{ key: "held", count: 3 }], tone: "soon" });
  });

  it.each(["halted", "cannot_trade", "refused"] as const)(
    "is red where one is %s, although its mode is on",
    (status) => {
      const { parts, tone } = of(status, "working", "paused");
      expect(parts.map(({ count }) => count)).toEqual([1, 1]);
      expect(tone).toBe("now");
    },
  );

  it("says what their owner chose without alarm", () => {
    expect(of("working", "off", "closing")).toEqual({
      parts: [
        { key: "closeOnly", count: 1 },
        { key: "off", count: 1 },
      ],
      tone: null,
    });
  });
});

it("is read again when a guard stops a copier, which changes no row but makes an alert", () => {
  expect(staleKinds(JSON.stringify({ kind: "alert" }))).toContain("dashboard");
});
