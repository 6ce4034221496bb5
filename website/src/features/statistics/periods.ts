const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The start of a period that ends now, rounded to the hour so that the query key stays the same. */
export const daysAgo = (days: number, now: number): string =>
  new Date(Math.floor((now - days * DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();

/** "62.5 %" for 0.625; a dash without a value. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? "–" : `${Math.round(share * 1_000) / 10} %`;
