import { z } from "zod";

const KINDS = ["account", "copier", "copy", "alert", "event"] as const;
export type Kind = (typeof KINDS)[number];

const shape = z.object({
  kind: z.enum(KINDS),
  op: z.string(),
  id: z.union([z.string(), z.number()]).transform(String),
});
export type Change = z.infer<typeof shape>;

/** What a message of the stream says has changed; null for what this version does not know. */
export function parseChange(data: string): Change | null {
  try {
    const read = shape.safeParse(JSON.parse(data));
    return read.success ? read.data : null;
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
  }
}
