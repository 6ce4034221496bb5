import { readFileSync } from "node:fs";
import { createElement } from "react";
import { expect, it } from "vitest";
import { Comparison } from "@/features/site/comparison";
import { EveryRule } from "@/features/site/every-rule";
import { PAGE_NAMES, PAGES, pageOf, TEMPLATES } from "@/features/site/pages";
import { Recorded } from "@/features/site/recorded";
import recorded from "@/features/site/recorded.json";
import { segments, total } from "@/lib/spans";
import { drawn } from "./drawn";

const texts = (locale: string) => JSON.parse(readFileSync(`messages/${locale}.json`, "utf8")).pages;

it("an address names one of the pages for everybody, or none", () => {
  expect([pageOf("faq"), pageOf("app"), pageOf("toString")]).toEqual(["faq", undefined, undefined]);
});

it("what only the operator can say is left open, and only on pages that say so", () => {
  for (const locale of ["en", "ar"])
    for (const page of PAGE_NAMES) {
      const open = JSON.stringify(texts(locale)[page]).includes("[");
      expect([locale, page, open]).toEqual([locale, page, TEMPLATES.has(page)]);
    }
});

it("the comparison says of each point what is ours and what is one's own", () => {
  const html = drawn(createElement(Comparison));
  for (const row of PAGES.compare) expect(html).toContain(texts("en").compare[row].own);
});

it("the front page shows a copied trade with the parts that a page of a trade has, and says where its figures come from", () => {
  const html = drawn(createElement(Recorded));
  for (const part of ["Router’s decision", "Slave’s broker", "0.5 × the master&#x27;s lots.", "1.73 ms", "5.11 ms"])
    expect(html).toContain(part);
  expect(html).toContain("Recorded on November 30, 2026: 221 copies");
  const { spans } = recorded.trade;
  const known = segments(spans).filter(({ key }) => key !== "broker");
  expect(known.reduce((sum, { us }) => sum + us, 0)).toBeCloseTo(total(spans) ?? 0, -1);
});

it("the page of rules has every rule of the engine with its name, its help and its default", () => {
  const html = drawn(createElement(EveryRule));
  for (const path of ["sizing.factor", "guards.risk_limits.*.reset", "filters.weekend.left_open", "max_signal_age_ms"])
    expect(html).toContain(`id="${path}"`);
  expect(html).toContain("Default: 5000 ms");
  expect(html).toContain("Closings are never too old.");
  expect(html).not.toMatch(/<dd[^>]*><\/dd>/);
});
