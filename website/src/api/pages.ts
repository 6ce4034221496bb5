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
