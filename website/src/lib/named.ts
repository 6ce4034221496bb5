/** Puts labels of settings and options into the engine's sentences, as on the page of rules. Pure. */

type Words = Readonly<Record<string, string>>;

/** `name` in backticks, or a dotted path of a setting. */
const IDENTIFIER = /`([a-z_]+(?:[.-][a-z_*]+)*)`|\b((?:[a-z_]+\.)+[a-z_]+)\b/g;

/** A sentence with the labels of settings and options. Unknown names stay as they are. */
export function named(text: string, labels: Words, options: Words): string {
  return text.replaceAll(IDENTIFIER, (whole, quoted: string | undefined, dotted: string | undefined) => {
    const path = (quoted ?? dotted ?? "").replaceAll(".", "/");
    const words = wordsOf(path, labels) ?? (quoted === undefined ? undefined : wordsOf(path, options));
    return words === undefined ? whole : `“${words}”`;
  });
}

/** The label of a path, or of a name wherever it stands. */
const wordsOf = (path: string, known: Words): string | undefined =>
  known[path] ?? Object.entries(known).find(([key]) => key.endsWith(`/${path}`))?.[1];
