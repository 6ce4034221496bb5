import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LOCALES } from "@/i18n/locales";
import { named } from "@/lib/named";

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const texts = (tree: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(tree).flatMap((one) => (typeof one === "string" ? [one] : texts(one as never)));

it.each(LOCALES)("sentences of the engine name settings and options in words: %s", (locale) => {
  const { sections, labels, options } = read(`messages/${locale}.json`).rules;
  const told = read(`../texts/src/lockstep_texts/${locale}.json`);
  const said = [told.reasons, told.closed, told.guards, told.fields, told.preview, told.notices, told.linking];
  const readable = (text: string) => named(text, { ...sections, ...labels }, options);
  const raw = said.flatMap(texts).flatMap((text) => readable(text).match(/`[a-z_.-]{2,}`/g) ?? []);
  // What a person types for the time zone of their broker.
  expect(raw.filter((name) => name !== "`broker`")).toEqual([]);
});

it("every sentence of the engine and of the website is written in Arabic, too", () => {
  const flat = (tree: object, at = ""): readonly (readonly [string, string])[] =>
    Object.entries(tree).flatMap(([key, one]) =>
      typeof one === "string" ? [[`${at}${key}`, one] as const] : flat(one, `${at}${key}.`),
    );
  const same = (folder: string) => {
    const arabic = new Map(flat(read(`${folder}/ar.json`)));
    return flat(read(`${folder}/en.json`)).filter(
      ([key, text]) => /[a-z]{3}/.test(text.replaceAll(/\{[^{}]*\}/g, "")) && arabic.get(key) === text,
    );
  };
  const names = /^rules\.options\.guards\/profile\/|^pages\.compare\.ours$|^activity\.actors\.system$/;
  expect(same("messages").filter(([key]) => !names.test(key))).toEqual([]);
  expect(same("../texts/src/lockstep_texts")).toEqual([]);
});

it("what is no setting stays as it is", () => {
  const { labels, options } = read("messages/en.json").rules;
  const readable = (text: string) => named(text, labels, options);
  expect(readable("EURUSD.m at 1.1 costs more than us_30")).toBe("EURUSD.m at 1.1 costs more than us_30");
  expect(readable("raise limits.max_trade_volume")).toBe("raise “Biggest copy”");
  expect(readable("set pending.mode to `at_market`")).toBe(
    "set “Pending orders of the master” to “Open at market when they fill”",
  );
});
