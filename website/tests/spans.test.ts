import { createElement } from "react";
import { expect, it } from "vitest";
import { SpanBar } from "@/features/charts/span-bar";
import { fillOf, SPAN_FILLS } from "@/features/charts/span-fills";
import { SpanTable } from "@/features/charts/spans";
import { zoneName } from "@/ui/age";
import { drawn } from "./drawn";

const SPANS = {
  terminal_to_router_us: 400,
  pause_us: 1_000,
  router_us: 300,
  router_to_terminal_us: 1_200,
  slave_terminal_us: 30,
  broker_us: 2_000,
  event_to_order_us: 2_500,
};

it("each span has a colour of its own, in the bar, its legend and the table alike", () => {
  const fills = Object.values(SPAN_FILLS);
  expect(new Set(fills).size).toBe(fills.length);
  const bar = drawn(createElement(SpanBar, { spans: SPANS }));
  for (const fill of fills) expect(bar.split(`"${fill}"`).length - 1, fill).toBe(1);
  const row = { span: "router_to_terminal_us", n: 1, p50_ms: 1, p95_ms: 2, p99_ms: 2 };
  expect(drawn(createElement(SpanTable, { spans: [row] }))).toContain(fillOf("router_to_terminal_us"));
  expect(Object.values(SPAN_FILLS)).not.toContain(fillOf("event_to_order_us"));
});

it("nothing is drawn of a trade whose spans were not measured", () => {
  expect(drawn(createElement(SpanBar, { spans: {} }))).toBe("");
});

it("times are shown with their zone, which summer time renames", () => {
  const [winter, summer] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
  expect([zoneName("en-GB", "Europe/Berlin", winter), zoneName("en-GB", "Europe/Berlin", summer)]).toEqual([
    "CET",
    "CEST",
  ]);
  expect(zoneName("en", "UTC", winter)).toBe("UTC");
});
