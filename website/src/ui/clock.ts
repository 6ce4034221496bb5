type Tell = (nowMs: number) => void;

const clocks = new Map<number, Set<Tell>>();

/** Tells the time again and again until the answer is called; all who ask for the same step share one timer. */
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
