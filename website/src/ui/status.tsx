import type { ReactNode } from "react";
import type { Tone } from "@/lib/account-state";
import { cx } from "./cx";

const DOTS: Record<Tone, string> = {
  good: "bg-good-dot",
  busy: "bg-accent breathe",
  soon: "bg-soon-dot",
  now: "bg-bad-fill",
  idle: "bg-edge",
};

interface StatusProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly after?: ReactNode;
}

/** A dot, a word and an age. The word carries the meaning; the colour only helps. */
export function Status({ tone, children, after }: StatusProps) {
  const word = tone === "now" ? "rounded bg-bad-fill px-1.5 py-px text-xs font-semibold text-white" : "font-medium";
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1.5 text-sm">
      {tone === "now" ? null : <span aria-hidden="true" className={cx("size-2 shrink-0 rounded-full", DOTS[tone])} />}
      <span className={word}>{children}</span>
      {after ? <span className="num text-muted">· {after}</span> : null}
    </span>
  );
}
