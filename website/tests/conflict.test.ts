import { readFileSync } from "node:fs";
import { createElement } from "react";
import { describe, expect, it } from "vitest";
import { differences, onTop } from "@/features/copiers/conflict";
import { RuleConflict } from "@/features/copiers/rule-conflict";
import { readSchema } from "@/features/copiers/schema";
import { drawn } from "./drawn";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const root = readSchema({ ...document.components.schemas.CopierSettings, components: document.components });

const base = {
  sizing: { mode: "multiplier", factor: "0.5" },
  limits: { max_open_positions: 3, max_trade_volume: "2" },
  reverse: false,
};

describe("rules that were changed in two windows", () => {
  it("that both changed are shown with both values", () => {
    const mine = { ...base, sizing: { mode: "multiplier", factor: "0.7" } };
    const theirs = { ...base, sizing: { mode: "multiplier", factor: "0.9" } };
    expect(differences(base, mine, theirs)).toEqual([
      { path: "sizing.factor", mine: "0.7", theirs: "0.9", clash: true },
    ]);
  });
  it("that only the other changed are shown, and are no clash", () => {
    const mine = { ...base, reverse: true };
    const theirs = { ...base, limits: { ...base.limits, max_open_positions: 9 } };
    expect(differences(base, mine, theirs)).toEqual([
      { path: "limits.max_open_positions", mine: 3, theirs: 9, clash: false },
    ]);
  });
  it("of another mode clash as a whole", () => {
    const mine = { ...base, sizing: { mode: "multiplier", factor: "0.7" } };
    const theirs = { ...base, sizing: { mode: "fixed", lots: "0.1" } };
    expect(differences(base, mine, theirs).map(({ path, clash }) => [path, clash])).toEqual([["sizing", true]]);
  });
  it("that both changed alike differ in nothing", () => {
    const same = { ...base, reverse: true };
    expect(differences(base, same, { ...same })).toEqual([]);
  });
});

describe("a draft put on top of what was saved meanwhile", () => {
  it("keeps both where they do not touch, and its own where they do", () => {
    const mine = { ...base, reverse: true, limits: { ...base.limits, max_trade_volume: "5" } };
    const theirs = { ...base, limits: { max_open_positions: 9, max_trade_volume: "1" } };
    expect(onTop(base, mine, theirs)).toEqual({
      ...base,
      reverse: true,
      limits: { max_open_positions: 9, max_trade_volume: "5" },
    });
  });
  it("takes away what the draft took away", () => {
    const { reverse: _, ...mine } = base;
    expect(onTop(base, mine, { ...base, copy_stops: false })).toEqual({ ...mine, copy_stops: false });
  });
});

it("both values of each rule are read in words", () => {
  const mine = { ...base, sizing: { mode: "fixed", lots: "0.30" }, reverse: true };
  const theirs = { ...base, sizing: { mode: "fixed_risk", risk_fraction: "0.015", of: "equity" } };
  const shown = differences(base, mine, theirs);
  const html = drawn(
    createElement(RuleConflict, { root, differences: shown, onKeep: () => undefined, onTake: () => undefined }),
  );
  for (const words of ["Always the same lots", "0.30 lots", "1.5 %", "Equity"]) expect(html).toContain(words);
  expect(html).not.toMatch(/fixed_risk|risk_fraction/);
});
