/** How a list is ordered: by which column, and which way. */
export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** The order in an address: "equity", or "-equity" for the largest first. */
export function sortOf(text: string): Sort | null {
  const descending = text.startsWith("-");
  const key = descending ? text.slice(1) : text;
  return key ? { key, descending } : null;
}

export const sortText = (sort: Sort | null): string => (sort ? `${sort.descending ? "-" : ""}${sort.key}` : "");

/** The order after a press on a column's head: ascending, descending, then the list's own. */
export function nextSort(now: Sort | null, key: string): Sort | null {
  if (now?.key !== key) return { key, descending: false };
  return now.descending ? null : { key, descending: true };
}

/** The same as the API names it, by the names of columns; undefined for a column that it cannot order by. */
export function orderOf<Order extends string>(
  text: string,
  columns: Readonly<Record<string, Order>>,
): Order | `-${Order}` | undefined {
  const sort = sortOf(text);
  const order = sort ? columns[sort.key] : undefined;
  return order && sort?.descending ? `-${order}` : order;
}

/** Whether a text has every typed word. */
export function hasWords(text: string, typed: string): boolean {
  const low = text.toLocaleLowerCase();
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}
