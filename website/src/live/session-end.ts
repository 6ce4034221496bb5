/** Tabs of one browser share a session: where one signs out, what the others show is no longer anybody's. */
const CHANNEL = "session";
const ENDED = "ended";

/** Tells the other tabs that the person signs out. */
export function endEverywhere(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(ENDED);
  channel.close();
}

/** Calls `leave` when another tab signs out, until the returned function is called. */
export function whenEnded(leave: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === ENDED) leave();
  };
  return () => channel.close();
}
