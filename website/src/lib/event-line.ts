import { lots } from "./numbers";

const LOT = 100_000_000n;

/** Lots of 1e-8 as decimal text. */
function lotsText(units: number): string {
  const all = BigInt(Math.round(units));
  return lots(`${all / LOT}.${String(all % LOT).padStart(8, "0")}`);
}

/** The scalar values of an event as one line. Terminals report "none" as zero or less, so these are left out. */
export function eventLine(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(
      ([, value]) =>
        typeof value === "boolean" ||
        (typeof value === "number" ? value > 0 : typeof value === "string" && value !== ""),
    )
    .map(([name, value]) => `${name}=${name.endsWith("lots") && typeof value === "number" ? lotsText(value) : value}`)
    .join(" ");
}
