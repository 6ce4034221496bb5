"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

/** As `md:` in styles. */
const WIDE = "(min-width: 48rem)";
const PhoneContext = createContext(false);

const onChange = (tell: () => void) => {
  const query = matchMedia(WIDE);
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
};
const isWide = () => matchMedia(WIDE).matches;

/** Says what the server takes the reader's screen for, until the browser is asked. */
export function ScreenProvider({ phone, children }: { readonly phone: boolean; readonly children: ReactNode }) {
  return <PhoneContext value={phone}>{children}</PhoneContext>;
}

/** Whether there is room for a table. Only what fits is drawn: the other half of a page would cost as much unseen. */
export function useWide(): boolean {
  const phone = useContext(PhoneContext);
  return useSyncExternalStore(onChange, isWide, () => !phone);
}
