/** Names of settings and options in sentences of the engine, as the page of rules calls them. Pure. */

type Words = Readonly<Record<string, string>>;

/** `name` in backticks, or a dotted path of a setting. */
const IDENTIFIER = /`([a-z_]+(?:[.-][a-z_*]+)*)`|\b((?:[a-z_]+\.)+[a-z_]+)\b/g;

/** A sentence with each setting and option by its words; what is not known stays as it is. */
export function named(text: string, labels: Words, options: Words): string {
  return text.replaceAll(IDENTIFIER, (whole, quoted: string | undefined, dotted: string | undefined) => {
    const path = (quoted ?? dotted ?? "").replaceAll(".", "/");
    const words = wordsOf(path, labels) ?? (quoted === undefined ? undefined : wordsOf(path, options));
    return words === undefined ? whole : `“${words}”`;
  });
}

/** The words of a path, or of a name wherever it stands. */
const wordsOf = (path: string, known: Words): string | undefined =>
  known[path] ?? Object.entries(known).find(([key]) => key.endsWith(`/${path}`))?.[1];
