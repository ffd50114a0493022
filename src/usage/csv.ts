/** CSV of history (RFC 4180). Cells are our own names, numbers and ids that cannot begin a formula. */
import type { HistoryAnswer } from '../contracts/usage.ts';
import { quantities } from './meters.ts';

const head = ['window_start', 'window_end', 'namespace', 'instance_id', 'revision', 'complete', 'gap_seconds'] as const;

const cell = (value: string | number | boolean | null | undefined): string => {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One line an item, all quantities as columns. */
export function toCsv(items: HistoryAnswer['items']): string {
  const fields = quantities.map((q) => q.field);
  const lines = [
    [...head, ...fields].join(','),
    ...items.map((item) => [...head.map((name) => cell(item[name])), ...fields.map((f) => cell(item[f]))].join(',')),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
