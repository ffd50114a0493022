/** Usage history and gaps as tables: only the quantities that occur get a column. Pure. */
import { type GapsAnswer, type HistoryAnswer, type QuantityField, quantityFields } from '../../src/contracts/usage.ts';
import type { Titles } from '../own-meters.ts';
import { dateOf, fieldQuantity, minuteOf, secondOf, seconds } from './amounts.ts';
import { type Column, tableOf } from './table.ts';

/** Short titles of the fields that are billed; the others are shown by their own name. */
const titles: Partial<Record<QuantityField, string>> = {
  cpu_hours: 'cpu h',
  memory_gb_hours: 'memory GB h',
  storage_used_gb: 'storage GB',
  network_bytes_sent: 'sent',
  network_bytes_received: 'received',
  http_requests: 'requests',
  api_calls: 'api calls',
  active_devices: 'devices',
};

/** Quantities as answers have them: a field that was not reported is absent. */
export type Reported = { [field in QuantityField]?: number | undefined };

/** The quantities that any of these carries, in the contract's order. */
export const fieldsOf = (all: readonly Reported[]): QuantityField[] =>
  quantityFields.filter((field) => all.some((one) => one[field] !== undefined));

/** The fields that a history has a column for. */
export const fieldsShown = ({ items, totals }: HistoryAnswer): QuantityField[] => fieldsOf([...items, totals]);

/** @param own what the operator calls his own */
export const titleOf = (field: QuantityField, own: Titles): Column => ({
  title: own[field] ?? titles[field] ?? field,
  align: 'right',
});

/** A line a day (or window) and namespace, then the totals. */
export function historyTable(history: HistoryAnswer, own: Titles = {}): string[] {
  const heading = `Usage of ${minuteOf(history.from)} to ${minuteOf(history.to)} UTC`;
  if (history.items.length === 0) return [`${heading}: nothing was reported`];
  const fields = fieldsShown(history);
  const byWindow = history.granularity === 'window';
  const columns: Column[] = [
    { title: byWindow ? 'window' : 'day' },
    { title: 'namespace' },
    ...fields.map((field) => titleOf(field, own)),
    { title: 'seen' },
  ];
  const rows = history.items.map((item) => [
    byWindow ? `${minuteOf(item.window_start)} to ${minuteOf(item.window_end).slice(11)}` : dateOf(item.window_start),
    item.namespace,
    ...fields.map((field) => fieldQuantity(field, item[field])),
    item.complete ? 'all' : `${seconds(item.gap_seconds * 1000)} not seen`,
  ]);
  const total = ['Total', '', ...fields.map((field) => fieldQuantity(field, history.totals[field])), ''];
  return [heading, ...tableOf(columns, [...rows, total])];
}

const gapColumns: readonly Column[] = [
  { title: 'from' },
  { title: 'to' },
  { title: 'namespace' },
  { title: 'reporter' },
  { title: 'windows', align: 'right' },
  { title: 'why' },
];

const detailColumns: readonly Column[] = [
  { title: 'from' },
  { title: 'to' },
  { title: 'namespace' },
  { title: 'meter' },
  { title: 'thing' },
  { title: 'not seen', align: 'right' },
  { title: 'why' },
];
/** Lines that people read; --json has all. */
const detailsMax = 20;

/** Which thing of which meter was not seen, the longest first. */
function detailsTable({ items }: GapsAnswer): string[] {
  const details = items.flatMap(({ namespace, details }) => details.map((detail) => ({ namespace, ...detail })));
  if (details.length === 0) return [];
  const rows = details
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, detailsMax)
    .map((d) => [
      secondOf(d.from),
      secondOf(d.to),
      d.namespace,
      d.field,
      d.thing ?? 'all',
      seconds(d.seconds * 1000),
      d.reason,
    ]);
  const more = details.length - rows.length;
  return [
    '',
    'What was not seen, the longest first',
    ...tableOf(detailColumns, rows),
    ...(more > 0 ? [`and ${more} more: --json has them`] : []),
  ];
}

/** What was expected and is not there; a gap is never zero usage. */
export function gapsTable(gaps: GapsAnswer): string[] {
  if (gaps.items.length === 0) return ['Gaps: none'];
  const rows = gaps.items.map((gap) => [
    minuteOf(gap.from),
    minuteOf(gap.to),
    gap.namespace,
    gap.instance_id,
    String(gap.windows),
    gap.reason,
  ]);
  const heading = 'Gaps (expected and not reported; never counted as zero)';
  return [heading, ...tableOf(gapColumns, rows), ...detailsTable(gaps)];
}
