import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  blank,
  fresh,
  type GroupNode,
  humanise,
  type JsonSchema,
  type Node,
  nodeAt,
  readSchema,
  same,
  unitOf,
  valueAt,
  variantBlank,
  withValue,
} from "@/features/copiers/schema";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const settings: JsonSchema = { ...document.components.schemas.CopierSettings, components: document.components };

describe("the rules that the API documents", () => {
  const root = readSchema(settings);

  it("begin with how lots are sized, as a choice with a field for each variant", () => {
    const sizing = root.fields.find((field) => field.name === "sizing");
    if (sizing?.kind !== "choice") throw new Error("sizing is no choice");
    expect(sizing.by).toBe("mode");
    const multiplier = sizing.variants.find((variant) => variant.value === "multiplier");
    expect(multiplier?.fields.map((field) => [field.path, field.kind])).toEqual([["sizing.factor", "number"]]);
  });

  it("keep decimals as text and whole numbers as numbers", () => {
    const sizing = root.fields.find((field) => field.name === "sizing");
    const age = root.fields.find((field) => field.name === "max_signal_age_ms");
    expect(
      sizing?.kind === "choice" &&
        sizing.variants.flatMap((one) => one.fields).every((field) => field.kind !== "number" || field.decimal),
    ).toBe(true);
    expect(age).toMatchObject({ kind: "number", decimal: false, min: 100, max: 600_000, fallback: 5_000 });
  });
});

describe("a schema with groups, lists and optional values", () => {
  const root = readSchema({
    type: "object",
    properties: {
      limits: { $ref: "#/$defs/Limits", default: {} },
      windows: { type: "array", items: { $ref: "#/$defs/Window" }, default: [] },
    },
    $defs: {
      Limits: {
        type: "object",
        properties: { most: { anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }], default: null } },
      },
      Window: {
        type: "object",
        properties: { day: { enum: ["mon", "tue"], type: "string" }, on: { type: "boolean" } },
      },
    },
  });

  it("is read into a tree with dotted paths", () => {
    const [limits, windows] = root.fields;
    expect(limits?.kind === "group" && limits.fields[0]).toMatchObject({
      path: "limits.most",
      kind: "number",
      decimal: true,
      optional: true,
    });
    expect(windows?.kind === "list" && windows.item.kind).toBe("group");
  });

  it("gives a new item of a list its blanks", () => {
    const [, windows] = root.fields;
    expect(windows?.kind === "list" && blank(windows.item)).toEqual({ day: "mon", on: false });
  });
});

describe("settings of the engine", () => {
  const root = readSchema(settings);
  const at = (path: string) =>
    path
      .split(".")
      .reduce<Node>((node, name) => (node as GroupNode).fields.find((one) => one.name === name) as Node, root);

  it("that are optional groups begin with whole defaults when they are switched on", () => {
    expect(at("filters.news_filter")).toMatchObject({ kind: "group", optional: true });
    expect(blank(at("filters.news_filter"))).toBeNull();
    expect(fresh(at("filters.news_filter"))).toMatchObject({
      priorities: ["election", "high"],
      close_position_time_gap_in_minutes: null,
    });
    expect(fresh(at("signal_delay"))).toEqual({ min_ms: 0, max_ms: 0 });
  });

  it("that are groups are not changed in the eyes of a person by another order of their fields", () => {
    const { fallback } = at("filters.symbol_filter");
    expect(fallback).toEqual({ included: [], excluded: [] });
    expect(same({ excluded: [], included: [] }, fallback)).toBe(true);
    expect(same({ excluded: ["GOLD"], included: [] }, fallback)).toBe(false);
    expect(same(["a", "b"], ["b", "a"])).toBe(false);
  });

  it("are kept as they are where no control fits them", () => {
    const odd = readSchema({
      type: "object",
      properties: { free: { type: "object" }, either: { anyOf: [{ type: "boolean" }, { type: "string" }] }, any: {} },
    });
    expect(odd.fields.map((field) => field.kind)).toEqual(["opaque", "opaque", "opaque"]);
    expect(withValue({ free: { a: [1] }, x: 1 }, "x", 2)).toEqual({ free: { a: [1] }, x: 2 });
  });
});

describe("editing", () => {
  it("changes one value and leaves the others", () => {
    expect(withValue({ a: 1, b: { c: 2, d: 3 } }, "b.c", 9)).toEqual({ a: 1, b: { c: 9, d: 3 } });
  });
  it("takes a value away", () => {
    expect(withValue({ a: 1, b: 2 }, "b", undefined)).toEqual({ a: 1 });
  });
  it("finds nothing at a path that is not there", () => {
    expect(valueAt({ a: 1 }, "a.b.c")).toBeUndefined();
  });
  it("keeps a field that two variants share", () => {
    const root = readSchema(settings);
    const sizing = root.fields.find((field) => field.name === "sizing");
    if (sizing?.kind !== "choice") throw new Error("sizing is no choice");
    expect(variantBlank(sizing, "multiplier", { mode: "balance", factor: "0.3" })).toEqual({
      mode: "multiplier",
      factor: "0.3",
    });
  });
});

it("names and units come from a setting's own name where it has no words", () => {
  expect([humanise("max_signal_age_ms"), unitOf("max_signal_age_ms"), unitOf("copy_stops")]).toEqual([
    "Max signal age",
    "ms",
    null,
  ]);
});

describe("a control by its path", () => {
  const root = readSchema({
    type: "object",
    properties: {
      limits: { type: "object", properties: { lots: { type: "number" } } },
      reverse: { type: "boolean" },
    },
  });
  it.each([
    ["reverse", "boolean"],
    ["limits.lots", "number"],
    ["limits", "group"],
    ["limits.other", undefined],
    ["reverse.lots", undefined],
    ["", undefined],
  ])("%j is a %s", (path, kind) => expect(nodeAt(root, path)?.kind).toBe(kind));
});
