import { describe, expect, it } from "vitest";
import type { Account } from "@/api/client";
import { itemsOf } from "@/api/pages";
import { isFound, tagsOf, typedTags } from "@/features/accounts/found";
import { accountFilterOf } from "@/features/accounts/list-filter";
import { slavesToLink } from "@/features/copiers/linkable";
import { copierFilterOf } from "@/features/copiers/list-filter";
import { readViews, withView } from "@/lib/saved-views";
import { hasWords, nextSort, sortText } from "@/lib/view";

const account = (id: string, more: Partial<Account> = {}): Account =>
  ({
    id,
    label: id,
    login: 1,
    server: "Broker",
    role: "slave",
    state: "ready",
    operating_mode: "running",
    ...more,
  }) as Account;
const from =
  (query: string) =>
  (key: string): string =>
    new URLSearchParams(query).get(key) ?? "";

it("the order of a list goes up, down and away again by its head", () => {
  const up = nextSort(null, "n");
  const down = nextSort(up, "n");
  expect([sortText(up), sortText(down), sortText(nextSort(down, "n"))]).toEqual(["n", "-n", ""]);
  expect(sortText(nextSort(down, "name"))).toBe("name");
});

describe("what an address asks the API for", () => {
  const MASTER = "00000000-0000-4000-8000-00000000000a";
  it.each([
    ["", {}],
    [
      "q=+funded+10+&role=slave&is=paused&tag=phase+2",
      { q: "funded 10", role: "slave", connection: "paused", tag: "phase 2" },
    ],
    ["sort=equity", { sort: "equity" }],
    ["sort=-terminal", { sort: "-state" }],
    ["sort=password&role=boss&is=lost", {}],
    ["sort=-", {}],
  ])("are the accounts of %j", (address, asked) => {
    expect(accountFilterOf(from(address))).toEqual({ ...asked, limit: 100 });
  });
  it.each([
    ["", {}],
    [`q=lead&master=${MASTER}&mode=dry_run&tag=own`, { q: "lead", master_id: MASTER, mode: "dry_run", tag: "own" }],
    ["sort=-way", { sort: "-way" }],
    ["sort=equity&master=x&mode=fast", {}],
  ])("are the copiers of %j", (address, asked) => {
    expect(copierFilterOf(from(address))).toEqual({ ...asked, limit: 100 });
  });
});

it("an item that moved to a later page between two reads is shown once, as it was read last", () => {
  const pages = [
    { items: [account("a"), account("b")] },
    { items: [account("b", { label: "renamed" }), account("c")] },
  ];
  expect(itemsOf(pages).map(({ id, label }) => [id, label])).toEqual([
    ["a", "a"],
    ["b", "renamed"],
    ["c", "c"],
  ]);
});

it("a choice of accounts finds every typed word, in any order and case", () => {
  expect([hasWords("Funded Five", "five fun"), hasWords("Funded", "five"), hasWords("x", " ")]).toEqual([
    true,
    false,
    true,
  ]);
  expect([isFound(account("a", { tags: ["FTMO"] }), "ftmo bro"), isFound(account("a"), "ftmo")]).toEqual([true, false]);
});

it("groups are typed with commas of either script, each once", () => {
  expect(typedTags(" ftmo, phase 2 ،ftmo,, ")).toEqual(["ftmo", "phase 2"]);
  expect(tagsOf([account("a", { tags: ["b", "a"] }), account("b", { tags: ["b"] }), account("c")])).toEqual(["a", "b"]);
});

it("the only slave there is need not be chosen, others are", () => {
  expect(slavesToLink([account("a")], new Set())).toHaveLength(1);
  expect(slavesToLink([account("a"), account("b")], new Set())).toHaveLength(0);
  expect(slavesToLink([account("a"), account("b")], new Set(["b", "gone"])).map(({ id }) => id)).toEqual(["b"]);
});

it("saved views survive what somebody wrote into the browser", () => {
  expect([readViews(null), readViews("{"), readViews('[{"name": 5}]')]).toEqual([[], [], []]);
  const views = withView(withView([], { name: "live", query: "tag=a" }), { name: "all", query: "" });
  expect(withView(views, { name: "live", query: "tag=b" })).toEqual([
    { name: "all", query: "" },
    { name: "live", query: "tag=b" },
  ]);
  expect(readViews(JSON.stringify(views))).toEqual(views);
});
