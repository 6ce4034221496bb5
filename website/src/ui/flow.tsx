import type { ReactNode } from "react";
import { leftToRight } from "@/lib/numbers";
import { Name } from "./name";

interface FlowProps {
  readonly from: ReactNode;
  readonly to: ReactNode;
}

/**
 * Two names with an arrow in the reader's direction. Each name is isolated: within Arabic, two Latin names would
 * otherwise run from left to right, and the arrow between them would point from the second to the first.
 */
export function Flow({ from, to }: FlowProps) {
  return (
    <>
      <Isolated>{from}</Isolated>{" "}
      <span aria-hidden="true" className="inline-block text-muted rtl:rotate-180">
        →
      </span>{" "}
      <Isolated>{to}</Isolated>
    </>
  );
}

const Isolated = ({ children }: { readonly children: ReactNode }) =>
  typeof children === "string" ? <Name>{children}</Name> : <bdi>{children}</bdi>;

/** The same as plain text, where no element is allowed. It always runs from left to right, because its arrow points that way. */
export const flowText = (from: string, to: string): string => leftToRight(`\u2068${from}\u2069 → \u2068${to}\u2069`);
