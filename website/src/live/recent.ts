/** Longer than any page takes from the server's reads to the reader's screen. */
const LATELY_MS = 30_000;

/** Remembers recent changes. A prefetched page may have been read before a change and be shown after it. */
export interface Recent {
  /** The stream began. Changes before this were not announced. */
  began(nowMs: number): void;
  heard(key: string, nowMs: number): void;
  /** Whether prefetched data of this kind may be stale already. */
  mayHaveMissed(key: string, nowMs: number): boolean;
}

export function recent(): Recent {
  let sinceMs = Number.NEGATIVE_INFINITY;
  const lastMs = new Map<string, number>();
  return {
    began: (nowMs) => {
      sinceMs = nowMs;
    },
    heard: (key, nowMs) => {
      lastMs.set(key, nowMs);
    },
    mayHaveMissed: (key, nowMs) => nowMs - Math.max(sinceMs, lastMs.get(key) ?? sinceMs) < LATELY_MS,
  };
}
