const ASKED = "lockstep-stop";

/** Opens the header's question whether copying is to stop. */
export const askToStop = (): void => {
  dispatchEvent(new Event(ASKED));
};

/** Calls back whenever that question is asked, until the returned function is called. */
export function whenAskedToStop(open: () => void): () => void {
  addEventListener(ASKED, open);
  return () => removeEventListener(ASKED, open);
}
