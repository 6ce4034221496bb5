"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

/** The same width as Tailwind's `md:`. */
const WIDE = "(min-width: 48rem)";
const PhoneContext = createContext(false);

const onChange = (tell: () => void) => {
  const query = matchMedia(WIDE);
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
};
const isWide = () => matchMedia(WIDE).matches;

/** Passes on the server's guess at the screen, which holds until the browser measures it. */
export function ScreenProvider({ phone, children }: { readonly phone: boolean; readonly children: ReactNode }) {
  return <PhoneContext value={phone}>{children}</PhoneContext>;
}

/**
 * Whether there is room for a table. Only the table or the cards are rendered: hiding one with CSS would cost as
 * much.
 */
export function useWide(): boolean {
  const phone = useContext(PhoneContext);
  return useSyncExternalStore(onChange, isWide, () => !phone);
}
