/** Stored rows to measure with, as the Worker packs the reports of reports.ts: the columns of `windows` in order. */

const HOUR_MS = 3_600_000;
const NAMESPACES = 50;
const FIRST_HOUR = Math.floor(Date.parse('2026-01-01T00:00:00Z') / HOUR_MS);
const COLUMNS = 36;

/** The n-th row of customer 1; nulls at the end are left away, as in a message. */
export function rowAt(n: number): (number | null)[] {
  const end = (FIRST_HOUR + Math.floor(n / NAMESPACES)) * HOUR_MS;
  const head = [1, end, 1, (n % NAMESPACES) + 1, 3600, end + 120_000 + n, end + 125_000, 1, 0, 0];
  const first = [1_000_000 + n, 7_372_800 + n, 36_864_000, 1_234_567_890 + n, 987_654_321 + n, 125_000 + n];
  return [...head, ...first, ...Array<null>(12).fill(null), 73_728_000, 28_800];
}

/** The row with all its columns. */
export const wholeRowAt = (n: number): (number | null)[] => {
  const row = rowAt(n);
  return [...row, ...Array<null>(COLUMNS - row.length).fill(null)];
};
