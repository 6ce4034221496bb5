import { useEffect, useState } from "react";
import type { Copier } from "@/api/client";
import type { JsonObject } from "./schema";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Changed rules, and the copier that they were made from. */
interface Changed {
  readonly draft: JsonObject;
  readonly base: Copier;
}

const keyOf = (copier: string) => `lockstep.draft.${copier}`;

/** Stores unsaved rules; null removes them. A browser without room, or without permission to store, keeps none. */
export function keepDraft(store: Store, copier: string, changed: Changed | null): void {
  try {
    if (changed === null) store.removeItem(keyOf(copier));
    else store.setItem(keyOf(copier), JSON.stringify(changed));
  } catch {
    // The editor keeps the draft all the same, until its page is left.
  }
}

/** The unsaved rules of a copier; null if there are none. */
export function keptDraft(store: Store, copier: string): Changed | null {
  try {
    const { draft, base } = JSON.parse(store.getItem(keyOf(copier)) ?? "{}");
    return draft && base?.id === copier ? { draft, base } : null;
  } catch {
    return null;
  }
}

interface Draft {
  /** Null while nothing is changed. */
  readonly draft: JsonObject | null;
  /** The copier that the draft was made from. */
  readonly base: Copier;
  /** Whether the draft comes from an earlier visit to the page. */
  readonly kept: boolean;
  readonly edit: (draft: JsonObject) => void;
  /** Bases a draft on the copier as it is now. */
  readonly rebase: (draft: JsonObject) => void;
  readonly drop: () => void;
}

/** Unsaved rules of a copier. They outlive the page, in the tab where they were changed. */
export function useDraft(copier: Copier): Draft {
  const [changed, setChanged] = useState<Changed | null>(null);
  const [kept, setKept] = useState(false);
  useEffect(() => {
    const found = keptDraft(sessionStorage, copier.id);
    if (found === null) return;
    setChanged(found);
    setKept(true);
  }, [copier.id]);
  const hold = (next: Changed | null) => {
    keepDraft(sessionStorage, copier.id, next);
    setChanged(next);
    setKept(false);
  };
  return {
    draft: changed?.draft ?? null,
    base: changed?.base ?? copier,
    kept,
    edit: (draft) => hold({ draft, base: changed?.base ?? copier }),
    rebase: (draft) => hold({ draft, base: copier }),
    drop: () => hold(null),
  };
}
