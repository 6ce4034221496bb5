/** How changes reach this page at the moment. */
export type StreamState = "connecting" | "live" | "polling";

/** The state of the stream. Only its subscribers rerender when it changes. */
export interface StreamStore {
  now(): StreamState;
  become(state: StreamState): void;
  subscribe(tell: () => void): () => void;
}

export function streamStore(): StreamStore {
  let state: StreamState = "connecting";
  const listeners = new Set<() => void>();
  return {
    now: () => state,
    become: (next) => {
      if (next === state) return;
      state = next;
      for (const tell of listeners) tell();
    },
    subscribe: (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}
