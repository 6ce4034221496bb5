import { type ReactNode, Suspense } from "react";

/**
 * A part of a long page that wakes up by itself, after what is above it: React wakes what is within one boundary at once,
 * and the reader's first touch must not wait for all of it.
 */
export function Later({ children }: { readonly children: ReactNode }) {
  return <Suspense fallback={null}>{children}</Suspense>;
}
