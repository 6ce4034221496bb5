/** "0.50" for "0.5": lots as traders read them, with at least two decimals, never rounded. */
export function lots(text: string): string {
  const [whole = "0", part = ""] = text.split(".");
  return `${whole}.${part.replace(/0+$/, "").padEnd(2, "0")}`;
}

/** Microseconds as "0.84 ms" or "1.20 s"; the unit goes with the number. */
export function duration(us: number): string {
  if (us < 1_000) return `${us} µs`;
  if (us < 100_000) return `${(us / 1_000).toFixed(2)} ms`;
  return us < 1_000_000 ? `${Math.round(us / 1_000)} ms` : `${(us / 1_000_000).toFixed(2)} s`;
}

/** Seconds as "12 s", "3 min", "2 h", "5 d": one unit, rounded down. */
export function span(seconds: number): { readonly value: number; readonly unit: "second" | "minute" | "hour" | "day" } {
  if (seconds < 60) return { value: Math.max(0, Math.floor(seconds)), unit: "second" };
  if (seconds < 3_600) return { value: Math.floor(seconds / 60), unit: "minute" };
  return seconds < 86_400
    ? { value: Math.floor(seconds / 3_600), unit: "hour" }
    : { value: Math.floor(seconds / 86_400), unit: "day" };
}

const SIGN = new Intl.NumberFormat("en", {
  signDisplay: "exceptZero",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** A number with its sign. The caller says whether plus is better or worse. */
export const signed = (value: number): string => SIGN.format(value);

const LOTS = new Intl.NumberFormat("en", {
  signDisplay: "exceptZero",
  minimumFractionDigits: 2,
  maximumFractionDigits: 8,
  useGrouping: false,
});

/** Bought (+) or sold (−) lots. Sums are rounded to the unit in which lots are counted. */
export const signedLots = (value: number): string => LOTS.format(value);

const CURRENCY = "USD|EUR|GBP|CHF|AUD|NZD|CAD";
const PAIR = new RegExp(`^[^A-Z]*(?:${CURRENCY})/?(${CURRENCY}|JPY)`, "i");

/** Decimals of brokers' prices for the usual pairs: a number alone does not show a zero at its end. */
function usualDigits(symbol: string): number {
  const second = PAIR.exec(symbol)?.[1];
  if (second === undefined) return 0;
  return second.toUpperCase() === "JPY" ? 3 : 5;
}

/** How many decimals prices of one symbol have: the most that any of them shows, and at least the usual ones. */
export function digitsOf(prices: readonly (number | null | undefined)[], symbol = ""): number {
  const decimals = (price: number) => {
    const [, part = ""] = String(price).split(".");
    return part.includes("e") ? 0 : part.length;
  };
  return Math.min(8, Math.max(usualDigits(symbol), ...prices.map((price) => (price == null ? 0 : decimals(price)))));
}

/** "1.08210" with the symbol's decimals; a dash without a price. */
export const price = (value: number | null | undefined, digits: number): string =>
  value == null ? "–" : value.toFixed(digits);

/** The zeros of the Arabic and the Persian digits. */
const ZEROS = [0x0660, 0x06f0];

/** Converts Arabic and Persian digits to ASCII digits. All else stays as it is. */
export const asciiDigits = (text: string): string =>
  text.replaceAll(/[٠-٩۰-۹]/g, (digit) => {
    const code = digit.charCodeAt(0);
    return String(code - (ZEROS.findLast((zero) => code >= zero) ?? 0));
  });

/** A text that keeps its own direction among words of any script, such as a number with its unit. */
export const leftToRight = (text: string): string => `\u2066${text}\u2069`;
