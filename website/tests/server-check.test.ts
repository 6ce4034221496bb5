import { expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { knownOf } from "@/features/accounts/server-check";

const KNOWN = { server: "Broker-Demo", platform: "MT5", environment: "demo", brand: "Broker" } as const;
const check = (change: Partial<Schemas["ServerCheck"]> = {}): Schemas["ServerCheck"] => ({
  known: KNOWN,
  answers: true,
  maintained_until: null,
  ...change,
});

it("a server that nobody wrote down is told nothing of", () => {
  expect(knownOf(check({ known: null, answers: null }), "demo")).toBeNull();
});

it("what would keep the account from working comes first", () => {
  const maintained = { maintained_until: "2026-11-30T23:00:00Z" };
  expect(knownOf(check({ ...maintained, answers: false }), "live")).toBe("demo");
  expect(knownOf(check({ ...maintained, answers: false }), "demo")).toBe("maintained");
  expect(knownOf(check({ answers: false }), "demo")).toBe("silent");
});

it("a server of which nobody knows where it is does not pass for a silent one", () => {
  expect(knownOf(check({ answers: null }), "demo")).toBe("known");
});
