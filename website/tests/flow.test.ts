import { describe, expect, it } from "vitest";
import type { Account, Copier } from "@/api/client";
import type { Positions } from "@/api/live";
import { curve, layoutOf, ROW } from "@/features/flow/layout";
import { openLots, toneOfCopier } from "@/features/flow/standing";
import type { CopierReadiness } from "@/features/readiness/standing";

const account = (id: string) => ({ id, label: id }) as Account;
const copier = (master: string, slave: string) =>
  ({ id: `${master}${slave}`, master_id: master, slave_id: slave, mode: "on", refusal: null }) as Copier;
const found = (status: CopierReadiness["status"], turn: CopierReadiness["turn"] = null) =>
  ({ status, turn }) as CopierReadiness;

describe("the picture of copiers", () => {
  const accounts = ["b", "a", "s2", "s10", "s1", "alone"].map(account);
  const layout = layoutOf([copier("b", "s1"), copier("a", "s10"), copier("a", "s2"), copier("s1", "s2")], accounts);
  const names = (side: typeof layout.masters) => side.map(({ account: { id } }) => id);
  it("has masters by name, slaves in the order of their first master, and no account without a copier", () => {
    expect([names(layout.masters), names(layout.slaves)]).toEqual([
      ["a", "b", "s1"],
      ["s2", "s10", "s1"],
    ]);
    expect(layout.height).toBe(3 * ROW);
  });
  it("has a line from the middle of each master to the middle of its slave", () => {
    expect(layout.edges).toHaveLength(4);
    const edge = layout.edges.find(({ copier: { id } }) => id === "bs1");
    expect([edge?.from, edge?.to]).toEqual([1.5 * ROW, 2.5 * ROW]);
    expect(curve({ from: 10, to: 30 })).toBe("M0 10C50 10 50 30 100 30");
  });
  it("leaves out a copier whose account is gone", () => {
    expect(layoutOf([copier("a", "gone")], accounts).edges).toEqual([]);
  });
});

describe("the colour of a copier", () => {
  const on = copier("a", "b");
  it("is of its effective status, whatever mode was chosen", () => {
    expect(toneOfCopier(on, found("working"))).toBe("good");
    expect(toneOfCopier(on, found("cannot_trade", "person"))).toBe("now");
    expect(toneOfCopier(on, found("halted", "person"))).toBe("soon");
    expect(toneOfCopier(on, found("off"))).toBe("idle");
    expect(toneOfCopier({ ...on, refusal: { code: "x", params: {} } }, found("working"))).toBe("now");
  });
  it("is of its mode while nothing else is known", () => {
    expect(toneOfCopier({ ...on, mode: "close_only" }, undefined)).toBe("soon");
  });
});

it("the open lots of a copier are those of all its copies", () => {
  const copies = [
    { copier_id: "1", open_lots: "0.10" },
    { copier_id: "2", open_lots: "5" },
    { copier_id: "1", open_lots: "0.20" },
  ];
  expect(openLots({ accounts: [], groups: [{ copies }], others: [] } as unknown as Positions, "1")).toBe(0.3);
});
