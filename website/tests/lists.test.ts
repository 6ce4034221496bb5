import { describe, expect, it } from "vitest";
import type { Account, Copier } from "@/api/client";
import { tagsOf, typedTags } from "@/features/accounts/found";
import { shownAccounts } from "@/features/accounts/list";
import { slavesToLink } from "@/features/copiers/linkable";
import { shownCopiers } from "@/features/copiers/list";
import { readViews, withView } from "@/lib/saved-views";
import { hasWords, nextSort, sorted, sortOf, sortText } from "@/lib/view";

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

describe("the order of a list", () => {
  const rows = [
    { name: "a10", n: 2 },
    { name: "a9", n: null },
    { name: "B1", n: -3 },
  ];
  const values = { name: (row: (typeof rows)[number]) => row.name, n: (row: (typeof rows)[number]) => row.n };
  const names = (text: string) => sorted(rows, sortOf(text), values).map(({ name }) => name);
  it("reads numbers within names as numbers, and leaves rows without a value at the end", () => {
    expect([names("name"), names("-name"), names("n"), names("-n")]).toEqual([
      ["a9", "a10", "B1"],
      ["B1", "a10", "a9"],
      ["B1", "a10", "a9"],
      ["a10", "B1", "a9"],
    ]);
  });
  it("is as the rows came for an address that names no column", () => {
    expect([names(""), names("nonsense")]).toEqual([
      ["a10", "a9", "B1"],
      ["a10", "a9", "B1"],
    ]);
  });
  it("goes up, down and away again by its head", () => {
    const up = nextSort(null, "n");
    const down = nextSort(up, "n");
    expect([sortText(up), sortText(down), sortText(nextSort(down, "n"))]).toEqual(["n", "-n", ""]);
    expect(sortText(nextSort(down, "name"))).toBe("name");
  });
});

describe("what an address shows", () => {
  const accounts = [
    account("m", { role: "master", tags: ["own"] }),
    account("a", { tags: ["ftmo", "own"], state: "failed" }),
    account("b", { operating_mode: "suspended" }),
  ];
  const shown = (query: string) => shownAccounts(accounts, from(query)).map(({ id }) => id);
  it("are the accounts of its words, role, group and connection, all of them together", () => {
    expect([shown(""), shown("tag=own"), shown("tag=own&role=slave"), shown("is=paused"), shown("q=ftmo bro")]).toEqual(
      [["m", "a", "b"], ["m", "a"], ["a"], ["b"], ["a"]],
    );
  });
  it("are the copiers of either account's words and group", () => {
    const copiers = ["a", "b"].map((slave) => ({ id: slave, master_id: "m", slave_id: slave, mode: "on" }) as Copier);
    const of = (one: Copier) => ({ from: accounts[0], to: accounts.find(({ id }) => id === one.slave_id) });
    const found = (query: string) => shownCopiers(copiers, of, from(query)).map(({ id }) => id);
    expect([found("tag=ftmo"), found("tag=own"), found("master=x"), found("mode=on&q=b")]).toEqual([
      ["a"],
      ["a", "b"],
      [],
      ["b"],
    ]);
  });
  it("has every typed word, in any order and case", () => {
    expect([hasWords("Funded Five", "five fun"), hasWords("Funded", "five"), hasWords("x", " ")]).toEqual([
      true,
      false,
      true,
    ]);
  });
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
