/**
 * How a figure is shown: a table for people, one JSON line for programs. Owns the form only. The machine is named in the
 * line, because a timing means nothing without it.
 */
import { availableParallelism } from 'node:os';

/** Prints rows (the first has the headings) with columns of equal width. */
export function printTable(rows: readonly (readonly (string | number)[])[]): void {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, n) => Math.max(found[n] ?? 0, String(cell).length)),
    [],
  );
  for (const row of rows) {
    const cells = row.map((cell, n) =>
      typeof cell === 'number' ? String(cell).padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

/** Prints the figure as one line of JSON. */
export function printJson(figure: string, result: Record<string, unknown>): void {
  const measured_at = new Date().toISOString();
  console.log(JSON.stringify({ figure, measured_at, cores: availableParallelism(), ...result }));
}

export type Spread = { p50: number; p95: number; max: number };

/** Median, 95th percentile (nearest rank) and greatest of some numbers, rounded to whole units. */
export function spreadOf(numbers: readonly number[]): Spread {
  if (numbers.length === 0) throw new Error('there is nothing to spread');
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}
