const ORDER = ["terminal_to_router", "pause", "router", "router_to_terminal", "slave_terminal", "broker"] as const;
export type SegmentKey = (typeof ORDER)[number] | "between";

export interface Segment {
  readonly key: SegmentKey;
  readonly us: number;
}

/** A smaller remainder of the total latency is rounding. */
const NEGLIGIBLE = 0.01;

type Spans = Readonly<Record<string, unknown>>;

const measured = (spans: Spans, name: string): number | null => {
  const value = spans[`${name}_us`];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
};

/** Spans outside the measured total: the broker comes after the order, and the pause is the copier's own rule. */
const APART: readonly string[] = ["broker", "pause"];

/** The latency from the master's trade to the slave's order without a pause, in µs; null if it was not measured. */
export const total = (spans: Spans): number | null => measured(spans, "event_to_order");

/** The spans of a copy in order. Time that no span accounts for was spent between terminals and router. */
export function segments(spans: Spans): readonly Segment[] {
  const found: Segment[] = ORDER.flatMap((key) => {
    const us = measured(spans, key);
    return us === null ? [] : [{ key, us }];
  });
  const whole = total(spans);
  const known = found.filter(({ key }) => !APART.includes(key)).reduce((sum, { us }) => sum + us, 0);
  const rest = whole === null ? 0 : whole - known;
  return whole !== null && rest > whole * NEGLIGIBLE && found.length > 0
    ? [{ key: "between", us: rest }, ...found]
    : found;
}

/** Spans in the order of time, the total first. */
export function inOrder<T extends { readonly span: string }>(spans: readonly T[]): readonly T[] {
  const all: readonly string[] = ["event_to_order", ...ORDER];
  const rank = (span: T) => {
    const at = all.indexOf(span.span.replace(/_us$/, ""));
    return at < 0 ? all.length : at;
  };
  return spans.toSorted((a, b) => rank(a) - rank(b));
}
