import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

type Tree = { readonly [key: string]: string | Tree };

const read = (locale: string): Tree => JSON.parse(readFileSync(`messages/${locale}.json`, "utf8"));
const flat = (tree: Tree, at = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${at}${key}`, value]] : flat(value, `${at}${key}.`),
  );
const blanks = (text: string) =>
  [...new Set([...text.matchAll(/(?<!(?:one|other|=0) )\{(\w+)[,}]/g)].map((found) => found[1]))].toSorted();

it("every language has every text, with the same blanks to fill", () => {
  const english = new Map(flat(read("en")));
  const arabic = new Map(flat(read("ar")));
  expect([...arabic.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  for (const [key, text] of english) expect([key, blanks(arabic.get(key) ?? "")]).toEqual([key, blanks(text)]);
});
