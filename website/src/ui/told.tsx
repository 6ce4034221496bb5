"use client";

import { useLocale } from "next-intl";

/** The language of what the engine, the router and the database say. */
const THEIRS = "en";

interface ToldProps {
  /** What it comes to in the reader's language, where that is known. */
  readonly own: string | null;
  readonly children: string;
}

/** A sentence that was told in English; for other readers what it comes to stands before it, in their own language. */
export function Told({ own, children }: ToldProps) {
  const theirs = (
    <span lang={THEIRS} dir="auto">
      {children}
    </span>
  );
  if (useLocale() === THEIRS || own === null) return theirs;
  return (
    <>
      {own} <span className="block text-muted">{theirs}</span>
    </>
  );
}
