import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

/** The messages that one source file can use: those of its namespaces, by literal keys or templates. */
interface Reader {
  readonly namespaces: readonly string[];
  readonly words: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
  /** It also uses keys from variables, whose values are written elsewhere or come from the API. */
  readonly byVariable: boolean;
}

const found = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? "");
const wordsOf = (text: string): ReadonlySet<string> => new Set(found(text, /"([^"\n]*)"/g));

/** A template as a pattern, in which anything may stand for the values filled in. */
const patternOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .replaceAll(/\$\{[^}]*\}/g, "\0")
      .replaceAll(/[.*+?^()|[\]\\]/g, "\\$&")
      .replaceAll("\0", ".+")}$`,
  );

function readerOf(text: string): Reader {
  const translators = found(text, /const (\w+) = (?:await )?(?:use|get)Translations\(/g);
  const calls = translators.map((name) => `\\b${name}(?:\\.has)?\\([a-z]\\w*(?:\\.\\w+)*[,)]`).join("|");
  return {
    namespaces: found(text, /(?:use|get)Translations\("([^"]+)"\)/g),
    words: wordsOf(text),
    patterns: found(text, /`([^`]*\$\{[^`]*)`/g).map(patternOf),
    byVariable: calls !== "" && new RegExp(calls).test(text),
  };
}

/** The engine's reason codes are these keys; no source file names them. */
const OF_THE_ENGINE = "reasons.";

it("every text is asked for somewhere", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && name !== "api/schema.ts")
    .map((name) => readFileSync(join("src", name), "utf8"));
  const readers = sources.map(readerOf);
  const anywhere = wordsOf([...sources, readFileSync("openapi.json", "utf8")].join("\n"));
  const asks = ({ namespaces, words, patterns, byVariable }: Reader, key: string) =>
    namespaces.some((namespace) => {
      if (!key.startsWith(`${namespace}.`)) return false;
      const name = key.slice(namespace.length + 1);
      return words.has(name) || patterns.some((pattern) => pattern.test(name)) || (byVariable && anywhere.has(name));
    });
  const keys = flat(read("en")).map(([key]) => key);
  expect(keys.filter((key) => !key.startsWith(OF_THE_ENGINE) && !readers.some((reader) => asks(reader, key)))).toEqual(
    [],
  );
});
