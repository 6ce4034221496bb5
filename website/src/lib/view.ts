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

export type Value = string | number | null | undefined;
export type Values<Row> = Readonly<Record<string, (row: Row) => Value>>;

/** The rows in this order. Rows without a value come last either way. An unknown column leaves the rows as they are. */
export function sorted<Row>(rows: readonly Row[], sort: Sort | null, values: Values<Row>): readonly Row[] {
  const value = sort ? values[sort.key] : undefined;
  if (!sort || !value) return rows;
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
  const way = sort.descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a == null || b == null) return Number(a == null) - Number(b == null);
    return way * (typeof a === "number" && typeof b === "number" ? a - b : compare(String(a), String(b)));
  });
}

/** Whether a text has every typed word. */
export function hasWords(text: string, typed: string): boolean {
  const low = text.toLocaleLowerCase();
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}
