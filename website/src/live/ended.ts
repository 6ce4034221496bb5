/**
 * Keeps a stream closed that the API has ended because newer tabs have taken its place: a browser would open it again by
 * itself, and so end the stream of another tab, which would do the same.
 */
export function stayEnded(source: EventSource, tell: () => void): void {
  source.addEventListener("ended", () => {
    source.close();
    tell();
  });
}
