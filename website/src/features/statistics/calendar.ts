/** A day of a calendar; `net` is null where nothing was booked. */
export interface CalendarDay {
  readonly day: string;
  readonly net: number | null;
}

/** A month as whole weeks from Monday on. Null fills the days before its first and after its last. */
export interface CalendarMonth {
  readonly month: string;
  readonly weeks: readonly (readonly (CalendarDay | null)[])[];
  readonly net: number;
}

const WEEK = 7;
const pad = (number: number): string => String(number).padStart(2, "0");

/** The months with bookings, newest first. Days are written as 2026-11-24. */
export function monthsOf(booked: readonly { readonly key: string; readonly net: string }[]): readonly CalendarMonth[] {
  const net = new Map(booked.map((day) => [day.key, Number(day.net)]));
  const months = [...new Set(booked.map(({ key }) => key.slice(0, 7)))].toSorted().toReversed();
  return months.map((month) => monthOf(month, net));
}

function monthOf(month: string, net: ReadonlyMap<string, number>): CalendarMonth {
  const [year = 0, number = 1] = month.split("-").map(Number);
  // The day before the next month's first is the last of this month.
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + WEEK - 1) % WEEK;
  const days = Array.from({ length: count }, (_, index) => {
    const day = `${month}-${pad(index + 1)}`;
    return { day, net: net.get(day) ?? null };
  });
  const after = (WEEK - ((before + count) % WEEK)) % WEEK;
  const cells = [...Array<null>(before).fill(null), ...days, ...Array<null>(after).fill(null)];
  const weeks = Array.from({ length: cells.length / WEEK }, (_, week) => cells.slice(week * WEEK, (week + 1) * WEEK));
  return { month, weeks, net: days.reduce((sum, day) => sum + (day.net ?? 0), 0) };
}
