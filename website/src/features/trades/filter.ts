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

/** How many copies the page of an account or a copier shows. */
export const LAST_COPIES = 20;

export const SKIPPED: CopyFilter = { status: ["skipped"], limit: LIMIT };

/** As many as the API takes: no ticket of a terminal has more. */
const TICKET_DIGITS = 18;

/** The ticket in what somebody typed; undefined where there is none. */
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
