interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string | null | undefined;
}

/** Reads all pages of a list. */
export async function everyPage<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read(cursor);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** The items of the pages that have been read, each once: an item may move to a later page between two reads. */
export const itemsOf = <T extends { readonly id: string }>(pages: readonly Page<T>[]): readonly T[] => [
  ...new Map(pages.flatMap((page) => page.items).map((item) => [item.id, item])).values(),
];
