import type { JsonObject } from "./schema";

/** The sizing as a key of the messages and its number, for a sentence of it. */
export function sizingWords(settings: JsonObject): { readonly mode: string; readonly number: string } {
  const sizing = (settings.sizing ?? {}) as JsonObject;
  const number = sizing.factor ?? sizing.lots ?? sizing.risk_fraction ?? sizing.amount ?? "1";
  return { mode: String(sizing.mode ?? "multiplier"), number: String(number) };
}
