"use client";

import { useLocale } from "next-intl";
import { cx } from "./cx";

/** The language of what the engine, the router and the database say. */
const THEIRS = "en";

interface ToldProps {
  /** What it comes to in the reader's language, where that is known. */
  readonly own: string | null;
  readonly children: string;
}

/** A sentence that was told in English; for other readers what it comes to stands before it, in their own language. */
export function Told({ own, children }: ToldProps) {
  const isBelow = useLocale() !== THEIRS && own !== null;
  return (
    <>
      {isBelow ? `${own} ` : null}
      <span lang={THEIRS} dir="auto" className={cx(isBelow && "block text-muted")}>
        {children}
      </span>
    </>
  );
}
