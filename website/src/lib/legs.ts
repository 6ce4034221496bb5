const ORDER = ["terminal_to_router", "pause", "router", "router_to_terminal", "slave_terminal", "broker"] as const;
export type SegmentKey = (typeof ORDER)[number] | "between";

interface Segment {
  readonly key: SegmentKey;
  readonly us: number;
}

/** A share of the way that is only rounding. */
const NEGLIGIBLE = 0.01;

type Legs = Readonly<Record<string, unknown>>;

const measured = (legs: Legs, name: string): number | null => {
  const value = legs[`${name}_us`];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
};

/** Not ours: what comes after the order, and what the copier's own rule asked for. */
const APART: readonly string[] = ["broker", "pause"];

/** The whole way from the master's trade to the slave's order without such a pause, in µs; null where it was not measured. */
export const total = (legs: Legs): number | null => measured(legs, "event_to_order");

/** The way of a copy cut into its legs, in order. What no leg accounts for was spent between terminals and router. */
export function segments(legs: Legs): readonly Segment[] {
  const found: Segment[] = ORDER.flatMap((key) => {
    const us = measured(legs, key);
    return us === null ? [] : [{ key, us }];
  });
  const whole = total(legs);
  const known = found.filter(({ key }) => !APART.includes(key)).reduce((sum, { us }) => sum + us, 0);
  const rest = whole === null ? 0 : whole - known;
  return whole !== null && rest > whole * NEGLIGIBLE && found.length > 0
    ? [{ key: "between", us: rest }, ...found]
    : found;
}

/** Legs as they follow one another, the whole way first. */
export function inOrder<T extends { readonly leg: string }>(legs: readonly T[]): readonly T[] {
  const all: readonly string[] = ["event_to_order", ...ORDER];
  const rank = (leg: T) => {
    const at = all.indexOf(leg.leg.replace(/_us$/, ""));
    return at < 0 ? all.length : at;
  };
  return legs.toSorted((a, b) => rank(a) - rank(b));
}
