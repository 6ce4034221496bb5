import { expect, it } from "vitest";
import { tradeFilterOf } from "@/features/trades/filter";

it.each([
  ["", { limit: 100 }],
  ["status=skipped", { status: ["skipped"], limit: 100 }],
  ["status=nonsense&copier=", { limit: 100 }],
  ["copier=7&ticket=12", { copier_id: "7", ticket: "12", limit: 100 }],
  ["ticket=12a", { ticket: "12", limit: 100 }],
  ["ticket=x", { limit: 100 }],
])("the address %j asks for %j", (address, asked) => {
  expect(tradeFilterOf(new URLSearchParams(address))).toEqual(asked);
});
