"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import * as queries from "@/api/queries";
import { everyStep } from "@/ui/clock";
import { staleKinds } from "./changes";
import { type Recent, recent } from "./recent";
import { type StreamState, type StreamStore, streamStore } from "./stream-state";

const StreamContext = createContext<StreamStore>(streamStore());
const RecentContext = createContext<Recent>(recent());
const PAUSE_MS = 120;
/** Figures of terminals move all the time; nobody reads faster. */
const FIGURES_PAUSE_MS = 1_000;
const POLL_MS = 4_000;
/** A beat alone is no news of the stream: the age of the last one is looked up. */
const BEATS_MS = 10_000;

/** How news reach this page just now. */
export function useStreamState(): StreamState {
  const store = useContext(StreamContext);
  return useSyncExternalStore(store.subscribe, store.now, () => "connecting");
}

interface LiveStreamProps {
  /** Where it begins: before anything on the page was read. */
  readonly after: string | undefined;
  readonly children: ReactNode;
}

/**
 * Holds the one stream of this tab; while it is away, everything shown is read again every few seconds. Its own state is
 * kept outside of React's: a context that changes while a page wakes up makes React wake all of it up at once.
 */
export function LiveStream({ after, children }: LiveStreamProps) {
  const client = useQueryClient();
  const [state] = useState(streamStore);
  const [news] = useState(recent);
  // Pages that come later are read anew, and the stream goes on: only the first tells where it begins.
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

/** Reads again what a page came filled with, where news of it came before the page was there to hear them. */
export function CatchUp({ kinds }: { readonly kinds: string }) {
  const client = useQueryClient();
  const news = useContext(RecentContext);
  useEffect(() => {
    // After the boundary around has handed over what was read on the server.
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
  const refresh = batched((kind) => queries.refresh(client, kind));
  source.onopen = () => state.become("live");
  const begin = () => {
    news.began(performance.now());
    client.invalidateQueries();
  };
  // What changed between a page's reading and the beginning of the stream is told by neither; so is what was lost on its way.
  source.addEventListener("begun", begin);
  // Figures that move all the time are not told again to who resumes.
  source.addEventListener("resumed", () => refresh("live"));
  source.addEventListener("reload", begin);
  source.onerror = () => state.become("polling");
  source.addEventListener("change", (event: MessageEvent<string>) => {
    for (const kind of staleKinds(event.data)) {
      news.heard(kind, performance.now());
      refresh(kind);
    }
  });
  source.addEventListener("expired", () => client.invalidateQueries());
  return () => source.close();
}

/** The first at once, more of the same kind together after a short pause: a burst of trades is one look. */
function batched(run: (kind: queries.Kind) => void): (kind: queries.Kind) => void {
  const waiting = new Map<queries.Kind, boolean>();
  const after = (kind: queries.Kind) => {
    const again = waiting.get(kind);
    waiting.delete(kind);
    if (again) call(kind);
  };
  const call = (kind: queries.Kind) => {
    if (waiting.has(kind)) {
      waiting.set(kind, true);
      return;
    }
    waiting.set(kind, false);
    run(kind);
    setTimeout(() => after(kind), kind === "live" ? FIGURES_PAUSE_MS : PAUSE_MS);
  };
  return call;
}
