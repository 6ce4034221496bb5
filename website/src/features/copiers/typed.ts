/** Parses typed text into a setting's value. Pure. Text that is no value yet stays text, and the API explains what is wrong. */

/** A whole number, or its text where it exceeds 53 bits or is half typed: no digit is lost. */
export function wholeOf(typed: string): number | string {
  const clean = typed.replace(/(?!^-)[^\d]/g, "");
  const number = Number(clean);
  return /^-?\d+$/.test(clean) && Number.isSafeInteger(number) ? number : clean;
}

/** A decimal number as text. */
export const decimalOf = (typed: string): string => typed.replace(",", ".").replace(/[^\d.]/g, "");

/** Several words or patterns, separated by commas. */
export function wordsOf(typed: string): readonly string[] {
  return typed
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

export const joinedWords = (words: readonly string[]): string => words.join(", ");

/** Whether words survive being written in one line and read back. */
export const fitOneLine = (words: readonly string[]): boolean =>
  JSON.stringify(wordsOf(joinedWords(words))) === JSON.stringify(words);
