/** Microseconds as milliseconds with one digit; a dash where nothing was measured. */
export function milliseconds(us: number | null): string {
  return us === null ? "–" : (us / 1000).toFixed(1);
}

/** How many of how many; a number alone where there is no limit. */
export function room(count: number, limit: number | null): string {
  return limit === null ? String(count) : `${count}/${limit}`;
}
