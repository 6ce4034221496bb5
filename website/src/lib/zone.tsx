"use client";

import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from "react";
import { ZONE_COOKIE } from "./zone-cookie";

const ZoneContext = createContext("UTC");
const never = () => () => {};
let found: string | undefined;
const own = (): string => {
  found ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return found;
};
const YEAR_S = 31_536_000;

/** Stores the browser's time zone in a cookie for the server's next render; `known` is the zone that the server used. */
export function ZoneProvider({ known, children }: { readonly known: string; readonly children: ReactNode }) {
  useEffect(() => {
    if (own() !== known)
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
      document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(own())}; path=/; max-age=${YEAR_S}; samesite=lax`;
  }, [known]);
  return <ZoneContext value={known}>{children}</ZoneContext>;
}

/** The reader's time zone: the one that the server used, until the browser's is known. */
export function useZone(): string {
  const known = useContext(ZoneContext);
  return useSyncExternalStore(never, own, () => known);
}
