/** CSV of history, one line an item. */
import type { HistoryAnswer } from '../contracts/usage.ts';
import { csvLine } from '../lib/csv.ts';
import { quantities } from './meters.ts';

const head = ['window_start', 'window_end', 'namespace', 'instance_id', 'revision', 'complete', 'gap_seconds'] as const;

/** All quantities are columns. */
export function toCsv(items: HistoryAnswer['items']): string {
  const fields = quantities.map((q) => q.field);
  const rows = items.map((item) => [...head.map((name) => item[name]), ...fields.map((field) => item[field])]);
  return [[...head, ...fields], ...rows].map(csvLine).join('');
}
