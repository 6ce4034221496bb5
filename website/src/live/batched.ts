/** Merges calls of one key that follow closely: a burst of trades causes one read. */
export interface Batched<Key> {
  /**
   * Runs the key at once if its last run was at least `pauseMs` ago, else after that time. A shorter pause brings it
   * forward.
   */
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
