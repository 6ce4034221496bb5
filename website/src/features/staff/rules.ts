interface Line {
  /** The path as in `setting` of a copy. */
  readonly path: string;
  readonly value: string;
}

/** The rules that a copier's owner has set, one line each. */
export function linesOf(settings: unknown, at = ""): readonly Line[] {
  if (settings === null || settings === undefined) return [];
  if (isPlain(settings)) return [{ path: at, value: plain(settings) }];
  return Object.entries(settings as object).flatMap(([name, value]) => linesOf(value, at ? `${at}.${name}` : name));
}

const isPlain = (value: unknown): boolean =>
  typeof value !== "object" || (Array.isArray(value) && value.every((one) => typeof one !== "object"));

const plain = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value));

/** The place of a copy's setting on a page of support: its own line, the first of its group, or else the copier. */
export function anchorOf(copier: string, setting: string, lines: readonly Line[]): string {
  const line = lines.find(({ path }) => path === setting) ?? lines.find(({ path }) => path.startsWith(`${setting}.`));
  return line ? `${copier}.${line.path}` : copier;
}
