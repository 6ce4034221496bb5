/** Parses typed text into a setting's value. Pure. Unreadable text stays as typed, and its field says so. */
import { asciiDigits } from "@/lib/numbers";

const NUMBER = /^-?(\d+\.?\d*|\.\d+)$/;

/**
 * The number in a text, written as settings have it: digits of any script with at most one decimal point, Arabic's
 * own included. Null for all else: "1,000" is a thousand to some and one to others, and lots must not depend on the
 * reader.
 */
export function numberIn(typed: string): string | null {
  const text = asciiDigits(typed.trim()).replace("٫", ".");
  if (!NUMBER.test(text)) return null;
  const [whole = "", part = ""] = text.replace("-", "").split(".");
  const sign = text.startsWith("-") ? "-" : "";
  return `${sign}${whole || "0"}${part && `.${part}`}`;
}

/** A whole number, or its text if it exceeds 53 bits, so that no digit is lost. Other text stays as typed. */
export function wholeOf(typed: string): number | string {
  const text = numberIn(typed);
  if (text === null || text.includes(".")) return typed;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** A decimal number as text. Other text stays as typed. */
export const decimalOf = (typed: string): string => numberIn(typed) ?? typed;

/** Separators in any list of words: commas and semicolons of both scripts, ends of lines, tabs, bars. */
const SEPARATORS = /[,;،؛\n\r\t|]+/;

/** Several words or patterns. */
export function wordsOf(typed: string): readonly string[] {
  return typed
    .split(SEPARATORS)
    .map((word) => word.trim())
    .filter(Boolean);
}

const MONEY = "usd|eur|gbp|jpy|chf|aud|nzd|cad|sek|nok|dkk|pln|zar|try|mxn|sgd|hkd|cnh|xau|xag";

/** A pair such as gbpusd, XAU/USD, EURUSD.m or EUR*: one of its halves is a currency that most brokers have. */
const PAIR = new RegExp(`^((${MONEY})/?[a-z]{3}|[a-z]{3}/?(${MONEY})|(${MONEY})(?=\\*))([^a-z]\\S*)?$`, "i");

/**
 * Several symbols or patterns of symbols. Names may have spaces ("Volatility 75 Index"), so a space separates only if
 * both of its sides are pairs. Each symbol appears once, in whatever case it was typed.
 */
export function symbolsOf(typed: string): readonly string[] {
  const symbols = wordsOf(typed).flatMap((word) => {
    const parts = word.split(/\s+/);
    return parts.every((part) => PAIR.test(part)) ? parts : [word];
  });
  return symbols.filter((one, at) => symbols.findIndex((other) => isSame(other, one)) === at);
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** How a setting's list is parsed: as symbols, or as words of any kind such as comments. */
export const readerOf = (path: string): ((typed: string) => readonly string[]) =>
  /symbol|left_open/.test(path) ? symbolsOf : wordsOf;

export const joinedWords = (words: readonly string[]): string => words.join(", ");

/** Whether words survive being written in one line and read back. */
export const fitOneLine = (words: readonly string[], read = wordsOf): boolean =>
  JSON.stringify(read(joinedWords(words))) === JSON.stringify(words);
