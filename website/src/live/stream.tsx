"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import * as queries from "@/api/queries";
import { everyStep } from "@/ui/clock";
import { batched } from "./batched";
import { staleKinds } from "./changes";
import { stayEnded } from "./ended";
import { type Recent, recent } from "./recent";
import { type StreamState, type StreamStore, streamStore } from "./stream-state";

const StreamContext = createContext<StreamStore>(streamStore());
const RecentContext = createContext<Recent>(recent());
/** An opening or closing is read at once; further ones within this time are merged. */
const PAUSE_MS = 120;
/** Terminals' figures change all the time; nobody reads faster than this. */
const FIGURES_PAUSE_MS = 250;
const POLL_MS = 4_000;
/** The stream does not announce heartbeats alone, so their age is polled. */
const BEATS_MS = 10_000;

/** How changes reach this page at the moment. */
export function useStreamState(): StreamState {
  const store = useContext(StreamContext);
  return useSyncExternalStore(store.subscribe, store.now, () => "connecting");
}

interface LiveStreamProps {
  /** The position at which the stream begins: before anything on the page was read. */
  readonly after: string | undefined;
  readonly children: ReactNode;
}

/**
 * Holds the one event stream of this tab. While it is disconnected, everything shown is polled. Its state is kept
 * outside of React: a context that changes during hydration makes React hydrate the whole page at once.
 */
export function LiveStream({ after, children }: LiveStreamProps) {
  const client = useQueryClient();
  const [state] = useState(streamStore);
  const [news] = useState(recent);
  // The stream outlives navigation: only the first page's position counts.
  const [from] = useState(after);
  useEffect(() => listen(client, news, state, from), [client, news, state, from]);
  useEffect(() => {
    const look = () => state.now() !== "live" && client.invalidateQueries({ refetchType: "active" });
    return everyStep(POLL_MS, look);
  }, [state, client]);
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && queries.refresh(client, "live");
    return everyStep(BEATS_MS, look);
  }, [client]);
  return (
    <RecentContext value={news}>
      <StreamContext value={state}>{children}</StreamContext>
    </RecentContext>
  );
}

/** Invalidates prefetched data that may have changed before this page subscribed to changes. */
export function CatchUp({ kinds }: { readonly kinds: string }) {
  const client = useQueryClient();
  const news = useContext(RecentContext);
  useEffect(() => {
    // Waits until the hydration boundary has put the prefetched data into the cache.
    const timer = setTimeout(() => {
      for (const kind of kinds.split(" ") as queries.Kind[])
        if (news.mayHaveMissed(kind, performance.now())) queries.refresh(client, kind);
    });
    return () => clearTimeout(timer);
  }, [client, news, kinds]);
  return null;
}

function listen(client: QueryClient, news: Recent, state: StreamStore, after: string | undefined): () => void {
  const source = new EventSource(after ? `/api/v1/stream?after=${encodeURIComponent(after)}` : "/api/v1/stream");
  const { call } = batched((kind: queries.Kind) => queries.refresh(client, kind), performance.now.bind(performance));
  const refresh = (kind: queries.Kind, figuresOnly = false) => call(kind, figuresOnly ? FIGURES_PAUSE_MS : PAUSE_MS);
  source.onopen = () => state.become("live");
  const begin = () => {
    news.began(performance.now());
    client.invalidateQueries();
  };
  // Changes between the page's reads and the start of the stream were not announced; after `reload`, some were lost.
  source.addEventListener("begun", begin);
  // A resumed stream does not replay changes of live figures.
  source.addEventListener("resumed", () => refresh("live"));
  source.addEventListener("reload", begin);
  source.onerror = () => state.become("polling");
  source.addEventListener("change", (event: MessageEvent<string>) => {
    const stale = staleKinds(event.data);
    for (const kind of stale) {
      news.heard(kind, performance.now());
      refresh(kind, stale.length === 1 && kind === "live");
    }
  });
  source.addEventListener("expired", () => client.invalidateQueries());
  stayEnded(source, () => state.become("polling"));
  return () => source.close();
}
