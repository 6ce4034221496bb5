type Tell = (nowMs: number) => void;

const clocks = new Map<number, Set<Tell>>();

/**
 * Calls `tell` with the time at every step until the returned function is called. Listeners of a step share one
 * timer.
 */
export function everyStep(stepMs: number, tell: Tell): () => void {
  const listeners = clocks.get(stepMs) ?? started(stepMs);
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function started(stepMs: number): Set<Tell> {
  const listeners = new Set<Tell>();
  clocks.set(stepMs, listeners);
  const timer = setInterval(() => {
    for (const tell of listeners) tell(Date.now());
    if (listeners.size > 0) return;
    clearInterval(timer);
    clocks.delete(stepMs);
  }, stepMs);
  return listeners;
}
