/** Tabs of one browser share a session. After a sign-out in one, the others show data without an owner. */
const CHANNEL = "session";

/** A channel also reaches listeners in its own tab, which would leave before the sign-out is done. */
const TAB = crypto.randomUUID();

/** Announces the sign-out to the other tabs. `tab` is the one that signs out. */
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
