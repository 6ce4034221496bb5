import { expect, it } from "vitest";
import { skippedFilterOf, tradeFilterOf } from "@/features/trades/filter";

const from =
  (address: string) =>
  (key: string): string =>
    new URLSearchParams(address).get(key) ?? "";

it.each([
  ["", { limit: 100 }],
  ["status=skipped", { status: ["skipped"], limit: 100 }],
  ["status=nonsense&copier=", { limit: 100 }],
  ["copier=7&ticket=12", { copier_id: "7", ticket: "12", limit: 100 }],
  ["ticket=12a", { ticket: "12", limit: 100 }],
  ["ticket=x", { limit: 100 }],
])("the address %j asks for %j", (address, asked) => {
  expect(tradeFilterOf(from(address))).toEqual(asked);
});

it("the copies that were not made are those of the chosen copier, or all", () => {
  expect(skippedFilterOf(from("copier=7&status=open"))).toEqual({ status: ["skipped"], copier_id: "7", limit: 100 });
  expect(skippedFilterOf(from(""))).toEqual({ status: ["skipped"], limit: 100 });
});
