/** Tabs of one browser share a session: where one signs out, what the others show is no longer anybody's. */
const CHANNEL = "session";

/** A channel tells all others of its name, those of its own tab too, which would leave before it has signed out. */
const TAB = crypto.randomUUID();

/** Tells the other tabs that the person signs out. `tab` is the one that does. */
export function endEverywhere(tab: string = TAB): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage({ endedBy: tab });
  channel.close();
}

/** Calls `leave` when another tab signs out, until the returned function is called. */
export function whenEnded(leave: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<{ endedBy?: string } | null>) => {
    if (data?.endedBy !== undefined && data.endedBy !== TAB) leave();
  };
  return () => channel.close();
}
