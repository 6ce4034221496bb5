import { createElement } from "react";
import { describe, expect, it } from "vitest";
import type { Account, Copier, Schemas } from "@/api/client";
import { isFound } from "@/features/accounts/found";
import { AccountPicker } from "@/features/accounts/picker";
import { copiersOf, isTyped, progressOf } from "@/features/requests/stopped";
import { drawn } from "./drawn";

const copier = (id: string, master: string, slave: string) => ({ id, master_id: master, slave_id: slave }) as Copier;
const request = (id: string, state: Schemas["ManualRequestResponse"]["state"]) =>
  ({ id, state }) as Schemas["ManualRequestResponse"];
const account = (id: string, label: string) =>
  ({ id, label, login: `10${id}`, server: "Broker-Demo" }) as unknown as Account;

describe("a stop", () => {
  const copiers = [copier("1", "m", "a"), copier("2", "m", "b"), copier("3", "n", "b")];
  it("concerns every copier, or those with one of the accounts at either end", () => {
    expect(copiersOf(copiers, null)).toHaveLength(3);
    expect(copiersOf(copiers, new Set(["b"])).map(({ id }) => id)).toEqual(["2", "3"]);
    expect(copiersOf(copiers, new Set(["m", "a"])).map(({ id }) => id)).toEqual(["1", "2"]);
    expect(copiersOf(copiers, new Set())).toEqual([]);
  });
  it("waits for the typed word, in any case", () => {
    expect([isTyped(" stop ", "STOP"), isTyped("sto", "STOP"), isTyped("", "STOP")]).toEqual([true, false, false]);
    expect(isTyped("إيقاف", "إيقاف")).toBe(true);
  });
  it("tells how many copiers have closed their copies", () => {
    const asked = [request("1", "pending"), request("2", "pending"), request("3", "pending"), request("4", "pending")];
    const now = [request("1", "done"), request("2", "refused"), request("3", "expired"), request("other", "done")];
    expect(progressOf(asked, now)).toEqual({ pending: 1, done: 1, failed: 2 });
  });
});

describe("choosing accounts", () => {
  it("finds an account by every typed word", () => {
    const found = (typed: string) => isFound(account("5", "Funded five"), typed);
    expect([found(""), found("five fund"), found("105"), found("broker"), found("six")]).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
  it("has a box for each, and a search where there are many", () => {
    const some = Array.from({ length: 12 }, (_, n) => account(String(n), `a${n}`));
    const props = { legend: "Slaves", accounts: some, chosen: new Set(["3"]), onChange: () => undefined };
    const html = drawn(createElement(AccountPicker, props));
    expect(html.match(/type="checkbox"/g)).toHaveLength(13);
    expect(html.match(/checked=""/g)).toHaveLength(1);
    expect(html).toContain('type="search"');
  });
});
