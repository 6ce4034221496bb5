import type { JsonObject } from "./schema";
import { percentOf } from "./share";

/** The sizing mode, which is a message key, and its number, for a sentence. */
export function sizingWords(settings: JsonObject): { readonly mode: string; readonly number: string } {
  const sizing = (settings.sizing ?? {}) as JsonObject;
  const number = sizing.factor ?? sizing.lots ?? sizing.risk_fraction ?? sizing.amount ?? "1";
  const isShare = sizing.risk_fraction !== undefined && number === sizing.risk_fraction;
  return {
    mode: String(sizing.mode ?? "multiplier"),
    number: isShare ? `${percentOf(String(number))} %` : String(number),
  };
}
