/**
 * Rows that travel together as one text: from the request, through the queue, into one parameter of the store's statement
 * without being taken apart again. A bundle says beside them what whoever carries it needs to know of them.
 */
import { dayMs } from '../lib/time.ts';
import { quantities } from './meters.ts';
import { headColumns, isPackedRow, type PackedRow } from './row.ts';

export interface Bundle {
  /** How many rows. */
  count: number;
  /** The quantities that some row has, by bit, ascending: a row's cells are `headColumns` and then these. */
  bits: number[];
  /** The rows' customers, by number. */
  customers: number[];
  /** The days that the rows' windows end in, by customer. */
  days: [customerSeq: number, day: number][];
  /** A JSON array of the rows. */
  text: string;
}

/** The day that a window belongs to, counted from the epoch: (00:00, 24:00] by its end. */
const dayOf = (windowEnd: number): number => Math.floor((windowEnd - 1) / dayMs);

/** Few reports have all meters, and an empty cell costs as much as a full one. */
function bitsOf(rows: readonly PackedRow[]): number[] {
  let mask = 0;
  for (const row of rows) {
    for (let i = headColumns.length; i < row.length; i++) if (row[i] !== null) mask |= 1 << (i - headColumns.length);
  }
  return quantities.filter((q) => (mask & (1 << q.bit)) !== 0).map((q) => q.bit);
}

/** Bundles rows. */
export function bundleOf(rows: readonly PackedRow[]): Bundle {
  const bits = bitsOf(rows);
  const places = [...headColumns.keys(), ...bits.map((bit) => headColumns.length + bit)];
  const days = new Map<string, [number, number]>();
  for (const row of rows) {
    const pair: [number, number] = [row[0] ?? 0, dayOf(row[1] ?? 0)];
    days.set(`${pair[0]}/${pair[1]}`, pair);
  }
  return {
    count: rows.length,
    bits,
    customers: [...new Set(rows.map((row) => row[0] ?? 0))],
    days: [...days.values()],
    text: JSON.stringify(rows.map((row) => places.map((place) => row[place] ?? null))),
  };
}

/** The rows of a bundle with all their columns; null when its text is not what it says. */
export function rowsOf(bundle: Bundle): PackedRow[] | null {
  const rows = parsed(bundle.text);
  if (!Array.isArray(rows) || !rows.every(isPackedRow)) return null;
  return rows.map((dense) => {
    const row: PackedRow = [...dense.slice(0, headColumns.length), ...quantities.map(() => null)];
    for (const [i, bit] of bundle.bits.entries()) row[headColumns.length + bit] = dense[headColumns.length + i] ?? null;
    return row;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
