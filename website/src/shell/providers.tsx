"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Problem } from "@/api/problem";
import { ZoneProvider } from "@/lib/zone";
import { whenEnded } from "@/live/session-end";
import { LiveStream } from "@/live/stream";
import { ScreenProvider } from "@/ui/screen";

const TRIES = 3;

const makeClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) => count < TRIES && (!(error instanceof Problem) || error.retry),
      },
    },
  });

/** The query cache. When another tab signs out, the cache is emptied and this tab leaves, too. */
export function QueryProvider({ children }: { readonly children: ReactNode }) {
  const [client] = useState(makeClient);
  useEffect(
    () =>
      whenEnded(() => {
        client.clear();
        // Not to the sign-in page: the other tab may still be signing out.
        location.replace("/");
      }),
    [client],
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

interface ProvidersProps {
  readonly zone: string;
  readonly phone: boolean;
  /** The stream's position before the page was read; undefined if the API did not answer. */
  readonly after: string | undefined;
  readonly children: ReactNode;
}

/**
 * What all signed-in pages share: the reader's zone and screen, the query cache, and the stream that invalidates it.
 */
export function Providers({ zone, phone, after, children }: ProvidersProps) {
  return (
    <QueryProvider>
      <ZoneProvider known={zone}>
        <ScreenProvider phone={phone}>
          <LiveStream after={after}>{children}</LiveStream>
        </ScreenProvider>
      </ZoneProvider>
    </QueryProvider>
  );
}
