import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && name !== "api/schema.ts")
  .map((name) => [name, readFileSync(join("src", name), "utf8")] as const);

const filesWith = (pattern: RegExp): readonly string[] =>
  SOURCES.filter(([, text]) => pattern.test(text))
    .map(([name]) => name)
    .toSorted();

it("no sentence for people is written in code", () => {
  const sentence = /(["'`>])[A-Z][a-z]+ (?:[a-z]+[,;]? ){2,}[^"'`<\n]*[.!?]?["'`<]/;
  const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  expect(SOURCES.filter(([, text]) => sentence.test(withoutComments(text))).map(([name]) => name)).toEqual([]);
});

it("query keys and what is read under them are written in one file", () => {
  expect(filesWith(/\bquery(Key|Fn):/)).toEqual(["api/queries.ts"]);
});

it("components call the API by the names of its reads and its writes alone", () => {
  expect(filesWith(/\bapi\s*\.(GET|POST|PUT|PATCH|DELETE)\(/)).toEqual(["api/mutations.ts", "api/queries.ts"]);
});

it("one component draws tables", () => {
  expect(filesWith(/<table\b/)).toEqual(["ui/table.tsx"]);
});

it("one component draws groups of exclusive buttons, besides the cards that a new copier starts with", () => {
  expect(filesWith(/type="radio"/)).toEqual(["features/copiers/start-with.tsx", "ui/segmented.tsx"]);
});
