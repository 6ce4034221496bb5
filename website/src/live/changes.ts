import type { Kind } from "@/api/queries";

const CHANGES = ["account", "copier", "copy", "alert", "sync", "live"] as const;
type ChangeKind = (typeof CHANGES)[number];

interface Change {
  readonly kind: ChangeKind;
  readonly op: string;
  readonly id: string;
}

/** What a message of the stream says has changed; null for what this version does not know. */
export function parseChange(data: string): Change | null {
  try {
    const read: Partial<Record<keyof Change, unknown>> = Object(JSON.parse(data));
    const kind = CHANGES.find((known) => known === read.kind);
    const id = typeof read.id === "number" ? String(read.id) : read.id;
    return kind && typeof read.op === "string" && typeof id === "string" ? { kind, op: read.op, id } : null;
  } catch {
    return null;
  }
}

/** What was read that a change makes old. */
export function staleKinds(kind: ChangeKind): readonly Kind[] {
  switch (kind) {
    case "account":
      return ["account", "dashboard"];
    case "copier":
      return ["copier", "dashboard"];
    case "copy":
      return ["copy", "dashboard", "sync"];
    case "alert":
      return ["alert"];
    case "sync":
      return ["request", "sync"];
    case "live":
      return ["live"];
  }
}
