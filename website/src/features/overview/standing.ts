import type { Schemas } from "@/api/client";

type Accounts = Schemas["AccountCounts"];
type Copiers = Schemas["CopierCounts"];

/** One part of a note: a key of the catalogue's `overview.standing`, and how many. */
export interface Part {
  readonly key: "away" | "paused" | "blocked" | "halted" | "closeOnly" | "dryRun" | "off";
  readonly count: number;
}

export interface Standing {
  readonly parts: readonly Part[];
  /** Whether trades are missed or left unwatched because of it. */
  readonly loud: boolean;
}

const present = (parts: readonly Part[]) => parts.filter((part) => part.count > 0);

/** What keeps accounts from working: nothing is said to be well while one is paused. */
export function ofAccounts({ total, connected, paused }: Accounts): Standing {
  const parts = present([
    { key: "away", count: total - paused - connected },
    { key: "paused", count: paused },
  ]);
  return { parts, loud: parts.length > 0 };
}

/** What keeps copiers from opening: what keeps slaves from trading first, then guards, then what their owner chose. */
export function ofCopiers({ blocked, halted, close_only, dry_run, off }: Copiers): Standing {
  const parts = present([
    { key: "blocked", count: blocked },
    { key: "halted", count: halted },
    { key: "closeOnly", count: close_only },
    { key: "dryRun", count: dry_run },
    { key: "off", count: off },
  ]);
  return { parts, loud: blocked + halted > 0 };
}
