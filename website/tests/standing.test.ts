import { describe, expect, it } from "vitest";
import { ofAccounts, ofCopiers } from "@/features/overview/standing";

const copiers = { total: 3, on: 3, halted: 0, blocked: 0, close_only: 0, dry_run: 0, off: 0 };

describe("what the overview says of accounts", () => {
  it("says nothing where every account is connected", () => {
    expect(ofAccounts({ total: 2, connected: 2, paused: 0, needs_you: 0 })).toEqual({ parts: [], loud: false });
  });

  it("never calls it well while accounts are paused", () => {
    expect(ofAccounts({ total: 2, connected: 0, paused: 2, needs_you: 0 })).toEqual({
      parts: [{ key: "paused", count: 2 }],
      loud: true,
    });
  });

  it("tells those that are away from those that are paused", () => {
    expect(ofAccounts({ total: 5, connected: 2, paused: 1, needs_you: 0 }).parts).toEqual([
      { key: "away", count: 2 },
      { key: "paused", count: 1 },
    ]);
  });
});

describe("what the overview says of copiers", () => {
  it("says nothing where all of them copy", () => {
    expect(ofCopiers(copiers)).toEqual({ parts: [], loud: false });
  });

  it("is loud about a guard that stopped one, although its mode is on", () => {
    expect(ofCopiers({ ...copiers, halted: 1 })).toEqual({ parts: [{ key: "halted", count: 1 }], loud: true });
  });

  it("is loud about one whose slave cannot trade", () => {
    expect(ofCopiers({ ...copiers, blocked: 1 })).toEqual({ parts: [{ key: "blocked", count: 1 }], loud: true });
  });

  it("says what their owner chose without alarm", () => {
    expect(ofCopiers({ ...copiers, on: 1, off: 1, close_only: 1 })).toEqual({
      parts: [
        { key: "closeOnly", count: 1 },
        { key: "off", count: 1 },
      ],
      loud: false,
    });
  });
});
