const KINDS = ["account", "copier", "copy", "alert", "event", "sync", "live"] as const;
export type Kind = (typeof KINDS)[number];

export interface Change {
  readonly kind: Kind;
  readonly op: string;
  readonly id: string;
}

/** What a message of the stream says has changed; null for what this version does not know. */
export function parseChange(data: string): Change | null {
  try {
    const read: Partial<Record<keyof Change, unknown>> = Object(JSON.parse(data));
    const kind = KINDS.find((known) => known === read.kind);
    const id = typeof read.id === "number" ? String(read.id) : read.id;
    return kind && typeof read.op === "string" && typeof id === "string" ? { kind, op: read.op, id } : null;
  } catch {
    return null;
  }
}

/** The first parts of query keys that a change makes old. */
export function staleKeys(kind: Kind): readonly string[] {
  switch (kind) {
    case "account":
      return ["account", "dashboard"];
    case "copier":
      return ["copier", "dashboard"];
    case "copy":
      return ["copy", "dashboard", "sync"];
    case "alert":
      return ["alert"];
    case "event":
      return ["event"];
    case "sync":
      return ["request", "sync"];
    case "live":
      return ["live"];
  }
}
