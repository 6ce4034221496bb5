import { readFileSync } from "node:fs";
import { NextIntlClientProvider } from "next-intl";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Rules } from "@/features/copiers/rules";
import type { JsonObject } from "@/features/copiers/schema";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const messages = JSON.parse(readFileSync("messages/en.json", "utf8"));
const schema = { ...document.components.schemas.CopierSettings, components: document.components };

function page(settings: JsonObject, problems: Readonly<Record<string, string>> = {}): string {
  const rules = createElement(Rules, {
    schema,
    settings,
    problems: new Map(Object.entries(problems)),
    onChange: () => undefined,
  });
  const provider = { locale: "en", messages, timeZone: "UTC", onError: fail, children: rules };
  return renderToStaticMarkup(createElement(NextIntlClientProvider, provider));
}

const fail = (error: Error): never => {
  throw error;
};

it("every group of rules has a fold and every rule its control", () => {
  const html = page({ sizing: { mode: "multiplier", factor: "0.5" } });
  for (const id of ["sizing.factor", "limits.max_trade_volume", "stops.stop_loss.mode", "filters.time_zone"])
    expect(html).toContain(`id="${id}-control"`);
  expect(html.match(/<details/g)).toHaveLength(8);
});

it("rules that hold together are drawn only where they are switched on", () => {
  const sizing = { mode: "none" };
  expect(page({ sizing, signal_delay: null })).not.toContain("signal_delay.min_ms");
  expect(page({ sizing, signal_delay: { min_ms: 5, max_ms: 9 } })).toContain('id="signal_delay.min_ms-control"');
});

it("lists show what they hold and what is wrong with each item", () => {
  const windows = [{ days: ["mon", "fri"], start: "22:00", end: "06:00" }];
  const magics = { included: [{ first: 0, last: "9223372036854775807" }], excluded: [] };
  const symbols = { symbol_mapping: [{ from: "GOLD", to: "XAUUSD", factor: "1" }] };
  const comments = { included: ["a,b"], excluded: ["my robot *"] };
  const filters = { time_windows: windows, magic_filter: magics, comment_filter: comments };
  const html = page({ sizing: { mode: "none" }, filters, symbols }, { "filters.time_windows.0": "It is too short." });
  for (const value of ["22:00", "06:00", "9223372036854775807", "GOLD", "XAUUSD", "a,b", "my robot *"])
    expect(html).toContain(`value="${value}"`);
  expect(html).toContain("It is too short.");
});

it("a way of sizing that this website does not know is shown under its own name", () => {
  expect(page({ sizing: { mode: "by_moon" } })).toContain('<option value="by_moon" selected="">By moon</option>');
});
