import { createElement } from "react";
import { expect, it } from "vitest";
import { hrefOf } from "@/features/alerts/groups";
import { CopierRefusal, CopierStatus } from "@/features/copiers/refusal";
import { drawn } from "./drawn";

const FINE = { mode: "on", refusal: null } as const;
const refused = (setting: string) => ({ mode: "on", refusal: { code: "bad_settings", params: { setting } } }) as const;

it("a copier that cannot be used says in the list that it copies nothing, which rule is at fault and what to do", () => {
  const html = drawn(createElement(CopierStatus, { copier: refused("sizing.factor") }));
  expect(html).toContain("Copies nothing");
  expect(html).toContain("rule “Multiplier” cannot");
  expect(html).toContain("Open the copier, correct its rules and save them.");
  expect(html).not.toContain(">On<");
});

it("rules that are wrong as a whole are not named as a rule", () => {
  expect(drawn(createElement(CopierStatus, { copier: refused("settings") }))).toContain("Its rules cannot be used");
});

it("its page says so too", () => {
  expect(drawn(createElement(CopierRefusal, { copier: refused("sizing.factor") }))).toContain(
    "rule “Multiplier” cannot",
  );
  expect(drawn(createElement(CopierRefusal, { copier: FINE }))).toBe("");
});

it("a copier that can be used shows its mode alone", () => {
  const html = drawn(createElement(CopierStatus, { copier: FINE }));
  expect(html).toContain(">On<");
  expect(html).not.toContain("Copies nothing");
});

it("the alert about it leads to its page", () => {
  expect(hrefOf({ kind: "copier_refused", link_id: null, account_id: null, copier_id: "c" })).toBe("/app/copiers/c");
});
