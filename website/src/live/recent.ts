/** Longer than the way of a page from the server's reading to the reader's screen, however slow the device. */
const LATELY_MS = 30_000;

/** What was news of late. A page that comes filled may have been read before that and be shown after it. */
export interface Recent {
  /** The stream began: all before it was told by nobody. */
  began(nowMs: number): void;
  heard(key: string, nowMs: number): void;
  /** Whether what came filled under this key may be old already. */
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
