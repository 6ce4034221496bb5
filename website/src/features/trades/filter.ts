import type { CopyStatus } from "@/api/client";
import type { CopyFilter } from "@/api/queries";
import { asciiDigits } from "@/lib/numbers";

export const STATES: readonly CopyStatus[] = [
  "open",
  "closed",
  "skipped",
  "rejected",
  "unresolved",
  "released",
  "sent",
  "waiting",
];
const LIMIT = 100;

/** How many copies an account's or a copier's page shows. */
export const LAST_COPIES = 20;

/** The API's limit. No ticket of a terminal has more digits. */
const TICKET_DIGITS = 18;

/** The ticket in a typed text; undefined if there is none. */
export const ticketOf = (typed: string): string | undefined =>
  asciiDigits(typed).replace(/\D/g, "").slice(0, TICKET_DIGITS) || undefined;

/** The filter that an address means; what it does not know is left out. */
export function tradeFilterOf(get: (key: string) => string): CopyFilter {
  const status = STATES.find((state) => state === get("status"));
  return {
    status: status && [status],
    copier_id: get("copier") || undefined,
    ticket: ticketOf(get("ticket")),
    limit: LIMIT,
  };
}

/** The same for trades that were not copied. */
export const skippedFilterOf = (get: (key: string) => string): CopyFilter => ({
  status: ["skipped"],
  copier_id: get("copier") || undefined,
  limit: LIMIT,
});
