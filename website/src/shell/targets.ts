import { asciiDigits } from "@/lib/numbers";

export interface Target {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  /** Where it leads, or what it does here. */
  readonly href: string | (() => void);
}

const SHOWN = 9;

/** The ticket to look for; undefined where what was typed is none. One digit names nothing that anybody would look for. */
export const wantedTicket = (text: string): string | undefined => /^\d{2,18}$/.exec(asciiDigits(text.trim()))?.[0];

/** What is shown for what somebody typed: whatever has it in its name, and always the trades with that ticket. */
export function found(text: string, named: readonly Target[], trades: readonly Target[]): readonly Target[] {
  const wanted = asciiDigits(text.trim()).toLowerCase();
  const matching = named.filter((target) => `${target.label} ${target.hint}`.toLowerCase().includes(wanted));
  return [...matching.slice(0, SHOWN - trades.length), ...trades];
}
