import type { ReactNode } from "react";
import { leftToRight } from "@/lib/numbers";

interface FlowProps {
  readonly from: ReactNode;
  readonly to: ReactNode;
}

/**
 * From one thing to another in the reader's direction. Each stands by itself: two names in Latin letters would else run from
 * left to right within Arabic, and the arrow between them would point from the second to the first.
 */
export function Flow({ from, to }: FlowProps) {
  return (
    <>
      <bdi>{from}</bdi>{" "}
      <span aria-hidden="true" className="inline-block text-muted rtl:rotate-180">
        →
      </span>{" "}
      <bdi>{to}</bdi>
    </>
  );
}

/** The same where no element may stand: from left to right in every script, as its arrow points. */
export const flowText = (from: string, to: string): string => leftToRight(`\u2068${from}\u2069 → \u2068${to}\u2069`);
