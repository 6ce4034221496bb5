import { useEffect, useState } from "react";
import type { JsonObject } from "./schema";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const keyOf = (copier: string) => `lockstep.draft.${copier}`;

/** Keeps rules that are not saved; null forgets them. A browser that has no room for them, or lets nobody store, keeps none. */
export function keepDraft(store: Store, copier: string, draft: JsonObject | null): void {
  try {
    if (draft === null) store.removeItem(keyOf(copier));
    else store.setItem(keyOf(copier), JSON.stringify(draft));
  } catch {
    // The editor has the draft all the same, until its page is left.
  }
}

/** The rules of a copier that were left unsaved; null where there are none. */
export function keptDraft(store: Store, copier: string): JsonObject | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(keyOf(copier)) ?? "null");
    return typeof kept === "object" && !Array.isArray(kept) ? (kept as JsonObject | null) : null;
  } catch {
    return null;
  }
}

interface Draft {
  /** Null while nothing is changed. */
  readonly draft: JsonObject | null;
  /** Whether it comes from an earlier visit of the page. */
  readonly kept: boolean;
  readonly change: (draft: JsonObject | null) => void;
}

/** Changed rules of a copier. They outlive the page, in the tab that they were changed in. */
export function useDraft(copier: string): Draft {
  const [draft, setDraft] = useState<JsonObject | null>(null);
  const [kept, setKept] = useState(false);
  useEffect(() => {
    const found = keptDraft(sessionStorage, copier);
    if (found === null) return;
    setDraft(found);
    setKept(true);
  }, [copier]);
  const change = (next: JsonObject | null) => {
    keepDraft(sessionStorage, copier, next);
    setDraft(next);
    setKept(false);
  };
  return { draft, kept, change };
}
