import { expect, it } from "vitest";
import { everyPage } from "@/api/pages";
import { csvOf } from "@/lib/csv";

it("has a header and a line for each row", () => {
  expect(
    csvOf([
      { symbol: "EURUSD", lots: "0.10" },
      { symbol: "XAUUSD", lots: "1.00" },
    ]),
  ).toBe("symbol,lots\r\nEURUSD,0.10\r\nXAUUSD,1.00\r\n");
});

it("is empty without rows", () => expect(csvOf([])).toBe(""));

it.each([
  ["a, b", '"a, b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'],
  [null, ""],
  [undefined, ""],
  [-1.5, "-1.5"],
  [true, "true"],
])("writes %j so that it is read back", (value, text) => {
  expect(csvOf([{ value, last: 1 }])).toBe(`value,last\r\n${text},1\r\n`);
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("gives a spreadsheet no formula to run: %j", (text) => {
  expect(csvOf([{ text }])).toBe(`text\r\n'${text}\r\n`);
});

it("takes all pages of a list, in order", async () => {
  const pages = new Map([
    [undefined, { items: [1, 2], next_cursor: "a" }],
    ["a", { items: [3], next_cursor: "b" }],
    ["b", { items: [4], next_cursor: null }],
  ]);
  expect(await everyPage((cursor) => Promise.resolve(pages.get(cursor) ?? { items: [] }))).toEqual([1, 2, 3, 4]);
});
