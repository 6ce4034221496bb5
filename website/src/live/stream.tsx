"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { parseChange, staleKeys } from "./changes";

export type Link = "connecting" | "live" | "polling";
const LinkContext = createContext<Link>("connecting");
const PAUSE_MS = 120;
/** Figures of terminals move all the time; nobody reads faster. */
const FIGURES_PAUSE_MS = 1_000;
const POLL_MS = 4_000;
const SETTLE_MS = 300;

/** How news reach this page just now. */
export const useLink = (): Link => useContext(LinkContext);

/** Holds the one stream of this tab; while it is away, everything shown is read again every few seconds. */
export function LiveStream({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [link, setLink] = useState<Link>("connecting");
  useEffect(() => listen(client, setLink), [client]);
  useEffect(() => {
    if (link === "live") return;
    const timer = setInterval(() => client.invalidateQueries({ refetchType: "active" }), POLL_MS);
    return () => clearInterval(timer);
  }, [link, client]);
  return <LinkContext value={link}>{children}</LinkContext>;
}

function listen(client: QueryClient, setLink: (link: Link) => void): () => void {
  const source = new EventSource("/api/v1/stream");
  const refresh = batched((key) => client.invalidateQueries({ queryKey: [key] }));
  source.onopen = () => {
    setLink("live");
    // What changed between a page's reading and the beginning of the stream is told by neither.
    setTimeout(() => client.invalidateQueries(), SETTLE_MS);
  };
  source.onerror = () => setLink("polling");
  source.addEventListener("change", (event: MessageEvent<string>) => {
    const change = parseChange(event.data);
    if (change) for (const key of staleKeys(change.kind)) refresh(key);
  });
  source.addEventListener("reload", () => client.invalidateQueries());
  source.addEventListener("expired", () => client.invalidateQueries());
  return () => source.close();
}

/** The first at once, more of the same kind together after a short pause: a burst of trades is one look. */
function batched(run: (key: string) => void): (key: string) => void {
  const waiting = new Map<string, boolean>();
  const after = (key: string) => {
    const again = waiting.get(key);
    waiting.delete(key);
    if (again) call(key);
  };
  const call = (key: string) => {
    if (waiting.has(key)) {
      waiting.set(key, true);
      return;
    }
    waiting.set(key, false);
    run(key);
    setTimeout(() => after(key), key === "live" ? FIGURES_PAUSE_MS : PAUSE_MS);
  };
  return call;
}
