import { describe, expect, it } from "vitest";
import type { Copier } from "@/api/client";
import { keepDraft, keptDraft } from "@/features/copiers/draft";
import { leadsAway } from "@/ui/leaving";

const store = (kept = new Map<string, string>()) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});
const full = {
  getItem: (): string => "{",
  setItem: (): never => {
    throw new DOMException("full", "QuotaExceededError");
  },
  removeItem: (): never => {
    throw new DOMException("forbidden", "SecurityError");
  },
};

const base = (id: string): Copier => ({
  id,
  master_id: "m",
  slave_id: "s",
  mode: "on",
  settings: {},
  version: 3,
  refusal: null,
  removing: null,
  created_at: "2026-11-30T08:00:00Z",
  updated_at: "2026-11-30T08:00:00Z",
  notices: [],
});
const changed = { draft: { reverse: true }, base: base("a") };

describe("rules that are not saved", () => {
  it("wait for their editor, each copier's for its own", () => {
    const here = store();
    keepDraft(here, "a", changed);
    expect(keptDraft(here, "a"), "with what they were made from").toEqual(changed);
    expect(keptDraft(here, "b")).toBeNull();
  });

  it("are forgotten once they are saved or discarded", () => {
    const here = store();
    keepDraft(here, "a", changed);
    keepDraft(here, "a", null);
    expect(keptDraft(here, "a")).toBeNull();
  });

  it("break nothing where a browser keeps none, or something else is there", () => {
    expect(() => keepDraft(full, "a", changed)).not.toThrow();
    expect(() => keepDraft(full, "a", null)).not.toThrow();
    expect(keptDraft(full, "a")).toBeNull();
    expect(keptDraft({ ...store(), getItem: () => "[1]" }, "a")).toBeNull();
    expect(keptDraft({ ...store(), getItem: () => "1" }, "a")).toBeNull();
  });
});

describe("a click asks first", () => {
  const here = "https://site.test/app/copiers/1#sizing";
  const click = { button: 0, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false };
  const link = (href: string, more = {}) => ({ href, target: "", download: "", ...more });

  it("where it replaces the page", () => {
    expect(leadsAway(click, link("https://site.test/app/trades"), here)).toBe(true);
    expect(leadsAway(click, link("https://other.test/app/copiers/1"), here)).toBe(true);
  });

  it("and not where the page stays", () => {
    expect(leadsAway(click, link("https://site.test/app/copiers/1#limits"), here)).toBe(false);
    expect(leadsAway({ ...click, ctrlKey: true }, link("https://site.test/app/trades"), here)).toBe(false);
    expect(leadsAway({ ...click, button: 1 }, link("https://site.test/app/trades"), here)).toBe(false);
    expect(leadsAway(click, link("https://site.test/app/trades", { target: "_blank" }), here)).toBe(false);
    expect(leadsAway(click, link("https://site.test/api/v1/copies.csv", { download: "x" }), here)).toBe(false);
  });
});
