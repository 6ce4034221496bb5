/** Merges calls of the same key that come close together: a burst of trades is one read. */
export interface Batched<Key> {
  /** Runs the key at once where its last run is at least `pauseMs` ago, else when it is. A shorter pause brings it forward. */
  call(key: Key, pauseMs: number): void;
}

interface Waiting {
  readonly dueMs: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

export function batched<Key>(run: (key: Key) => void, nowMs: () => number): Batched<Key> {
  const lastMs = new Map<Key, number>();
  const waiting = new Map<Key, Waiting>();
  const go = (key: Key) => {
    waiting.delete(key);
    lastMs.set(key, nowMs());
    run(key);
  };
  return {
    call(key, pauseMs) {
      const now = nowMs();
      const dueMs = Math.max(now, (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) + pauseMs);
      const before = waiting.get(key);
      if (before && before.dueMs <= dueMs) return;
      if (before) clearTimeout(before.timer);
      if (dueMs > now) waiting.set(key, { dueMs, timer: setTimeout(() => go(key), dueMs - now) });
      else go(key);
    },
  };
}
