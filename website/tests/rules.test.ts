import { readFileSync } from "node:fs";
import { createElement } from "react";
import { expect, it } from "vitest";
import { ProblemsContext } from "@/features/copiers/inputs";
import { Group, inSections, Rules } from "@/features/copiers/rules";
import { type JsonObject, readSchema } from "@/features/copiers/schema";
import { drawn } from "./drawn";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const schema = { ...document.components.schemas.CopierSettings, components: document.components };

const onChange = () => undefined;
/** The page as it is first rendered, followed by each group as it is when opened. */
function page(settings: JsonObject, problems: Readonly<Record<string, string>> = {}): string {
  const found = new Map(Object.entries(problems));
  const groups = inSections(readSchema(schema)).map((section) =>
    createElement(Group, { key: section.key, section, settings, onChange }),
  );
  return drawn([
    createElement(Rules, { key: "rules", schema, settings, problems: found, onChange }),
    createElement(ProblemsContext, { key: "groups", value: found }, groups),
  ]);
}

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

it("the usual rules are a sentence with what is set in it", () => {
  const symbols = { included: ["EUR*"], excluded: ["XAUUSD", "BTCUSD"] };
  const settings = {
    sizing: { mode: "fixed_risk", risk_fraction: "0.015" },
    limits: { max_trade_volume: "2", max_open_positions: 7 },
    filters: { symbol_filter: symbols, allowed_sides: ["sell"] },
    max_slippage_points: 30,
    max_signal_age_ms: 900,
  };
  const html = page(settings);
  for (const value of ["1.5", "2", "7", "EUR*", "XAUUSD, BTCUSD", "30", "900"])
    expect(html).toContain(`value="${value}"`);
  expect(html).toContain('<option value="sell" selected="">only sells</option>');
  expect(html).toContain('<option value="fixed_risk" selected="">% of the account at the stop loss</option>');
});

it("shares are shown as percent, and what is wrong with one in percent, too", () => {
  const limits = { max_trade_risk: "0.015", reserved_margin_fraction: "0.2" };
  const html = page(
    { sizing: { mode: "none" }, limits },
    { "limits.max_trade_risk": "Must be less than or equal to 1" },
  );
  expect(html).toContain('id="limits.max_trade_risk-control"');
  for (const value of ["1.5", "20"]) expect(html).toContain(`value="${value}"`);
  expect(html).toContain("Must be less than or equal to 100 %");
});
