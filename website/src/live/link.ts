/** How news reach this page just now. */
export type Link = "connecting" | "live" | "polling";

/** The state of the stream, told to who listens; nobody else is drawn again when it changes. */
export interface LinkStore {
  now(): Link;
  become(link: Link): void;
  subscribe(tell: () => void): () => void;
}

export function linkStore(): LinkStore {
  let link: Link = "connecting";
  const listeners = new Set<() => void>();
  return {
    now: () => link,
    become: (next) => {
      if (next === link) return;
      link = next;
      for (const tell of listeners) tell();
    },
    subscribe: (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
}
