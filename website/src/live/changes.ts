import type { Kind } from "@/api/queries";

/** The kinds of cached data that become stale, by the kind of change. */
const OLD_BY_CHANGE: ReadonlyMap<unknown, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ["account", ["account", "dashboard", "readiness"]],
  ["copier", ["copier", "guard", "dashboard", "readiness"]],
  // A copy that opens or closes changes positions, too.
  ["copy", ["copy", "dashboard", "sync", "live"]],
  // A guard that trips changes no copier, but makes an alert.
  ["alert", ["alert", "guard", "dashboard", "readiness"]],
  ["sync", ["request", "sync"]],
  ["live", ["live"]],
]);

/** The kinds that a message of the stream makes stale; none if this version does not know the change. */
export function staleKinds(message: string): readonly Kind[] {
  try {
    const change: { readonly kind?: unknown } = Object(JSON.parse(message));
    return OLD_BY_CHANGE.get(change.kind) ?? [];
  } catch {
    return [];
  }
}
