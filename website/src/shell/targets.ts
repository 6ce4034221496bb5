import { asciiDigits } from "@/lib/numbers";

export interface Target {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  /** The address that it leads to, or its action here. */
  readonly href: string | (() => void);
}

const SHOWN = 9;

/** The ticket to search for; undefined if the typed text is none. A single digit is not searched. */
export const wantedTicket = (text: string): string | undefined => /^\d{2,18}$/.exec(asciiDigits(text.trim()))?.[0];

/** The results for a typed text: everything with it in its name, and always the trades with that ticket. */
export function found(text: string, named: readonly Target[], trades: readonly Target[]): readonly Target[] {
  const wanted = asciiDigits(text.trim()).toLowerCase();
  const matching = named.filter((target) => `${target.label} ${target.hint}`.toLowerCase().includes(wanted));
  return [...matching.slice(0, SHOWN - trades.length), ...trades];
}
