import { expect, it } from "vitest";
import { percentOf, shareOf } from "@/features/copiers/share";

it.each([
  ["0.01", "1"],
  ["0.015", "1.5"],
  ["0.75", "75"],
  ["1", "100"],
  ["1.5", "150"],
  ["0", "0"],
  ["0.00001", "0.001"],
  ["0.3333333333333333333333", "33.33333333333333333333"],
])("a share of %s is %s percent, and back", (share, percent) => {
  expect(percentOf(share)).toBe(percent);
  expect(shareOf(percent)).toBe(share);
});

it.each(["", ".", "a tenth", "-0.5", "1e-3"])("what is no number stays as it is: %j", (text) => {
  expect(percentOf(text)).toBe(text);
  expect(shareOf(text)).toBe(text);
});

it("what is half typed is a number", () => {
  expect([shareOf("1."), shareOf(".5"), percentOf("0.")]).toEqual(["0.01", "0.005", "0"]);
});
