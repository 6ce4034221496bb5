"use client";

import { usePathname, useSearchParams } from "next/navigation";

interface Address {
  /** The value of a search parameter; empty where it is not set. */
  readonly get: (key: string) => string;
  /** Sets search parameters, or takes empty ones away. */
  readonly set: (changes: Readonly<Record<string, string>>) => void;
  /** All search parameters, or these instead. */
  readonly query: string;
  readonly open: (query: string) => void;
}

/** The search parameters of a list: what it shows can be kept as a bookmark and sent to somebody. */
export function useAddress(): Address {
  const path = usePathname();
  const search = useSearchParams();
  // The page is the same: nothing is asked of the server.
  const open = (query: string) => history.replaceState(null, "", query ? `${path}?${query}` : path);
  return {
    get: (key) => search.get(key) ?? "",
    set: (changes) => {
      const next = new URLSearchParams(search);
      for (const [key, value] of Object.entries(changes)) value ? next.set(key, value) : next.delete(key);
      open(next.toString());
    },
    query: search.toString(),
    open,
  };
}
