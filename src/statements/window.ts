/**
 * A window as a statement shows it: exact base units, times and revision in ms, in one way of writing, so that whoever writes
 * it again gets the same bytes. It holds what a bill can depend on: nothing that is only shown, and not what a namespace costs us.
 * Pure.
 */
import { z } from 'zod';
import { parseJson } from '../lib/json.ts';
import { sha256Hex } from '../lib/keys.ts';
import { dayMs, floorTo, iso } from '../lib/time.ts';
import { ratedMeters } from '../pricing/meters.ts';
import { quantities } from '../usage/meters.ts';

/** The stored columns of quantities that a price list may price, in the order in which they are written. */
export const statedColumns: readonly string[] = quantities
  .filter((q) => q.kind === 'own' || ratedMeters.has(q.meter))
  .map((q) => q.column)
  .toSorted();

const whole = z.number().int().min(0);

const statedWindow = z.strictObject({
  end: whole,
  instance_id: z.string(),
  namespace: z.string(),
  quantities: z.partialRecord(z.enum(statedColumns as [string, ...string[]]), whole),
  revision: whole,
  start: whole,
});

export interface StatedWindow {
  namespace: string;
  instance_id: string;
  /** ms */
  start: number;
  end: number;
  revision: number;
  /** Base units by column; one that was not reported is absent. */
  quantities: Readonly<Record<string, number>>;
}

/** The window's one writing: JSON without blanks, names in alphabetical order. */
export function lineOf({ end, instance_id, namespace, quantities: given, revision, start }: StatedWindow): string {
  const written: Record<string, number> = {};
  for (const column of statedColumns) {
    const value = given[column];
    if (value !== undefined) written[column] = value;
  }
  return JSON.stringify({ end, instance_id, namespace, quantities: written, revision, start });
}

/** The window of a line, or null when the line is not one in its one writing. */
export function readWindow(line: string): StatedWindow | null {
  const read = statedWindow.safeParse(parseJson(line));
  if (!read.success) return null;
  const window = read.data as StatedWindow;
  return lineOf(window) === line ? window : null;
}

/** The UTC day that a window counts in, by its end: `2026-11-30`. */
export const dayOf = (end: number): string => iso(floorTo(end - 1, dayMs)).slice(0, 'YYYY-MM-DD'.length);

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of the windows of a day in the file: by namespace and reporter, then by end. */
export const inFileOrder = (a: StatedWindow, b: StatedWindow): number =>
  compared(a.namespace, b.namespace) || compared(a.instance_id, b.instance_id) || a.end - b.end;

/** What windows are digested together: those of a namespace, reporter and day. */
export const groupOf = ({ namespace, instance_id, end }: StatedWindow): string =>
  JSON.stringify([namespace, instance_id, dayOf(end)]);

/** The digest of windows by their lines, in order. */
export const digestOf = (lines: readonly string[]): Promise<string> => sha256Hex(lines.map((l) => `${l}\n`).join(''));
