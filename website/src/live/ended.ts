/**
 * Keeps a stream closed that the API ended in favour of newer tabs. The browser would reopen it by itself, which
 * would end another tab's stream, which would do the same.
 */
export function stayEnded(source: EventSource, tell: () => void): void {
  source.addEventListener("ended", () => {
    source.close();
    tell();
  });
}
