/** Calendar months in UTC, as organisations are shown them. Pure. */

/** Months since the year 0, so that neighbours are one apart. */
export type Month = number;

/** The month that contains an instant. */
export function monthAt(ms: number): Month {
  const date = new Date(ms);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Where a month begins, ms. */
export const startOfMonth = (month: Month): number => Date.UTC(Math.floor(month / 12), month % 12);

/** A month's length, whole seconds. */
export const secondsOfMonth = (month: Month): number => (startOfMonth(month + 1) - startOfMonth(month)) / 1000;

/** `2026-11`. */
export const monthName = (month: Month): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The month that such a name means. */
export const monthNamed = (name: string): Month => Number(name.slice(0, 4)) * 12 + Number(name.slice(5, 7)) - 1;
