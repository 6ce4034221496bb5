import { type ReactNode, Suspense } from "react";

/**
 * A part of a long page that hydrates after what is above it. React hydrates a boundary in one go, and the reader's first
 * input must not wait for the whole page.
 */
export function Later({ children }: { readonly children: ReactNode }) {
  return <Suspense fallback={null}>{children}</Suspense>;
}
