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

export const SKIPPED: CopyFilter = { status: ["skipped"], limit: LIMIT };

/** The API's limit. No ticket of a terminal has more digits. */
const TICKET_DIGITS = 18;

/** The ticket in a typed text; undefined if there is none. */
export const ticketOf = (typed: string): string | undefined =>
  asciiDigits(typed).replace(/\D/g, "").slice(0, TICKET_DIGITS) || undefined;

/** The filter that the page's search parameters mean; unknown values are left out. */
export function tradeFilterOf(search: { get(name: string): string | null }): CopyFilter {
  const status = STATES.find((state) => state === search.get("status"));
  return {
    status: status && [status],
    copier_id: search.get("copier") || undefined,
    ticket: ticketOf(search.get("ticket") ?? ""),
    limit: LIMIT,
  };
}
