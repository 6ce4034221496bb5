"use client";

import { usePathname, useSearchParams } from "next/navigation";

interface Address {
  /** The value of a search parameter; empty where it is not set. */
  readonly get: (key: string) => string;
  /** Sets search parameters, or takes empty ones away. */
  readonly set: (changes: Readonly<Record<string, string>>) => void;
  /** All search parameters; `open` replaces them. */
  readonly query: string;
  readonly open: (query: string) => void;
}

/** The search parameters of a list, so that what it shows can be bookmarked and shared. */
export function useAddress(): Address {
  const path = usePathname();
  const search = useSearchParams();
  // The page stays the same: nothing is requested from the server.
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
