import { expect, test } from "vitest";
import { milliseconds, room } from "@/features/staff/figures";

test("a time that was not measured is no zero, and a shard without a limit has no share", () => {
  expect([milliseconds(2_149), milliseconds(0), milliseconds(null)]).toEqual(["2.1", "0.0", "–"]);
  expect([room(3, 1000), room(3, null)]).toEqual(["3/1000", "3"]);
});
