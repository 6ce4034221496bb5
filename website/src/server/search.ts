/** The search parameters of a page, as Next passes them. */
export type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/** A reader of them, as the browser has one for its address: empty where a parameter is not set. */
export async function searchOf(given: SearchParams): Promise<(key: string) => string> {
  const found = await given;
  return (key) => String(found[key] ?? "");
}
