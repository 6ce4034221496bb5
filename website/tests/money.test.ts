import { expect, it } from "vitest";
import { monthsOf } from "@/features/statistics/calendar";

const booked = [
  { key: "2026-11-01", net: "5.5" },
  { key: "2026-11-30", net: "-8" },
  { key: "2026-10-15", net: "1" },
];

it("a month is shown in whole weeks from Monday on, the newest first", () => {
  const [november, october] = monthsOf(booked);
  expect([november?.month, october?.month]).toEqual(["2026-11", "2026-10"]);
  // The first of November 2026 is a Sunday, its thirtieth a Monday.
  expect(november?.weeks).toHaveLength(6);
  expect(november?.weeks.every((week) => week.length === 7)).toBe(true);
  expect(november?.weeks[0]?.map((day) => day?.day ?? null)).toEqual([
    null,
    null,
    null,
    null,
    null,
    null,
    "2026-11-01",
  ]);
  expect(november?.weeks[5]?.[0]).toEqual({ day: "2026-11-30", net: -8 });
});

it("a day on which nothing was booked is not a day of nothing", () => {
  const days =
    monthsOf(booked)[0]
      ?.weeks.flat()
      .filter((day) => day !== null) ?? [];
  expect(days).toHaveLength(30);
  expect(days.filter((day) => day.net === null)).toHaveLength(28);
  expect(monthsOf(booked)[0]?.net).toBe(-2.5);
  expect(monthsOf([])).toEqual([]);
});

it("February has as many days as its year gives it", () => {
  const count = (key: string) =>
    monthsOf([{ key, net: "1" }])[0]
      ?.weeks.flat()
      .filter((day) => day !== null).length;
  expect([count("2026-02-03"), count("2028-02-03")]).toEqual([28, 29]);
});
