const ORDER = ["terminal_to_router", "pause", "router", "router_to_terminal", "slave_terminal", "broker"] as const;
export type SegmentKey = (typeof ORDER)[number] | "between";

interface Segment {
  readonly key: SegmentKey;
  readonly us: number;
}

/** A smaller remainder of the total latency is rounding. */
const NEGLIGIBLE = 0.01;

type Legs = Readonly<Record<string, unknown>>;

const measured = (legs: Legs, name: string): number | null => {
  const value = legs[`${name}_us`];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
};

/** Legs outside the measured total: the broker comes after the order, and the pause is the copier's own rule. */
const APART: readonly string[] = ["broker", "pause"];

/** The latency from the master's trade to the slave's order without a pause, in µs; null where it was not measured. */
export const total = (legs: Legs): number | null => measured(legs, "event_to_order");

/** The legs of a copy in order. The time that no leg accounts for was spent between terminals and router. */
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

/** Legs in the order of time, the total first. */
export function inOrder<T extends { readonly leg: string }>(legs: readonly T[]): readonly T[] {
  const all: readonly string[] = ["event_to_order", ...ORDER];
  const rank = (leg: T) => {
    const at = all.indexOf(leg.leg.replace(/_us$/, ""));
    return at < 0 ? all.length : at;
  };
  return legs.toSorted((a, b) => rank(a) - rank(b));
}
