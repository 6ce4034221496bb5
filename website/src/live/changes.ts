import type { Kind } from "@/api/queries";

/** What was read that a change makes old, by the kind of the change. */
const OLD_BY_CHANGE: ReadonlyMap<unknown, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ["account", ["account", "dashboard"]],
  ["copier", ["copier", "dashboard"]],
  ["copy", ["copy", "dashboard", "sync"]],
  ["alert", ["alert"]],
  ["sync", ["request", "sync"]],
  ["live", ["live"]],
]);

/** What a message of the stream makes old; nothing where this version does not know the change. */
export function staleKinds(message: string): readonly Kind[] {
  try {
    const change: { readonly kind?: unknown } = Object(JSON.parse(message));
    return OLD_BY_CHANGE.get(change.kind) ?? [];
  } catch {
    return [];
  }
}
