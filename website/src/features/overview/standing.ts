import type { Schemas } from "@/api/client";

type Accounts = Schemas["AccountCounts"];
type Copier = Pick<Schemas["CopierReadiness"], "status">;

/** One part of a note: a key of the catalogue's `overview.standing`, and a count. */
export interface Part {
  readonly key: "away" | "paused" | "blocked" | "halted" | "refused" | "held" | "closeOnly" | "dryRun" | "off";
  readonly count: number;
}

export interface Standing {
  readonly parts: readonly Part[];
  /** Red if money is at risk, amber if trades are missed, null if all is as chosen. */
  readonly tone: "now" | "soon" | null;
}

const present = (parts: readonly Part[]) => parts.filter((part) => part.count > 0);

/** What keeps accounts from working: while one is paused, nothing is called well. */
export function ofAccounts({ total, connected, paused, needs_you }: Accounts): Standing {
  const parts = present([
    { key: "away", count: total - paused - connected },
    { key: "paused", count: paused },
  ]);
  return { parts, tone: needs_you > 0 ? "now" : parts.length > 0 ? "soon" : null };
}

/** The part that each status of a copier counts in. A working one counts in none. */
const KEYS: Partial<Record<Copier["status"], Part["key"]>> = {
  cannot_trade: "blocked",
  halted: "halted",
  refused: "refused",
  failed: "held",
  disconnected: "held",
  paused: "held",
  starting: "held",
  closing: "closeOnly",
  removing: "closeOnly",
  rehearsing: "dryRun",
  off: "off",
};
const ORDER = ["blocked", "halted", "refused", "held", "closeOnly", "dryRun", "off"] as const;
/** Open copies are not followed as they should be, or nothing is opened although nobody chose that. */
const AT_RISK: ReadonlySet<Part["key"]> = new Set(["blocked", "halted", "refused"]);

/** What keeps copiers from opening: the mode `on` means nothing while an account is paused. */
export function ofCopiers(copiers: readonly Copier[]): Standing {
  const count = (key: Part["key"]) => copiers.filter(({ status }) => KEYS[status] === key).length;
  const parts = present(ORDER.map((key) => ({ key, count: count(key) })));
  const has = (wanted: (key: Part["key"]) => boolean) => parts.some(({ key }) => wanted(key));
  return { parts, tone: has((key) => AT_RISK.has(key)) ? "now" : has((key) => key === "held") ? "soon" : null };
}
