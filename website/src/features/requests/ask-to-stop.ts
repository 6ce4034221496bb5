const ASKED = "lockstep-stop";

/** Opens the header's question whether copying shall stop. */
export const askToStop = (): void => {
  dispatchEvent(new Event(ASKED));
};

/** Calls back whenever that is asked, until the answer is called. */
export function whenAskedToStop(open: () => void): () => void {
  addEventListener(ASKED, open);
  return () => removeEventListener(ASKED, open);
}
