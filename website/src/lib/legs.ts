export interface Segment {
  readonly key: "toRouter" | "router" | "toSlave" | "slaveTerminal" | "broker";
  readonly us: number;
}

type Legs = Readonly<Record<string, unknown>>;

const us = (legs: Legs, name: string): number | null => {
  const value = legs[name];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
};

/** The whole way from the master's trade to the slave's order, in µs; null where it was not measured. */
export const total = (legs: Legs): number | null => us(legs, "event_to_order_us");

/** The way of a copy cut into its legs, in order; what neither the router nor the terminal spent was spent between them. */
export function segments(legs: Legs): readonly Segment[] {
  const whole = total(legs);
  const router = us(legs, "router_us");
  const terminal = us(legs, "slave_terminal_us");
  const broker = us(legs, "broker_us");
  const found: Segment[] = [];
  if (whole !== null && router !== null) found.push({ key: "toRouter", us: Math.max(0, whole - router - (terminal ?? 0)) });
  if (router !== null) found.push({ key: "router", us: router });
  if (terminal !== null) found.push({ key: "slaveTerminal", us: terminal });
  if (broker !== null) found.push({ key: "broker", us: broker });
  return found;
}
