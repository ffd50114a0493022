/** Usage as slots of a chart. */
import { describe, expect, it } from 'vitest';
import type { HistoryAnswer } from '../../src/contracts/usage.ts';
import { amountOf, slotsOf } from '../../ui/src/portal/usage-slots.ts';

const row = (window_start: string, window_end: string, cpu_hours: number, namespace = 'a') => ({
  window_start,
  window_end,
  namespace,
  instance_id: 'i',
  revision: 1,
  complete: true,
  gap_seconds: 0,
  cpu_hours,
});

const usage = (granularity: 'day' | 'window', from: string, to: string, items: HistoryAnswer['items']) => ({
  customer_id: 'cust_1',
  from,
  to,
  granularity,
  items,
  total: items.length,
  page: 1,
  limit: 100,
  totals: {},
});

describe('slots of a chart', () => {
  it('every hour of the range has one, oldest first, and a window stands in the hour that it is of', () => {
    const items = [row('2026-11-03T01:00:00.000Z', '2026-11-03T02:00:00.000Z', 2)];
    const slots = slotsOf(
      usage('window', '2026-11-03T00:00:00.000Z', '2026-11-03T03:00:00.000Z', items),
      [],
      'cpu_hours',
    );
    expect(slots.map(({ value }) => value)).toEqual([null, 2, null]);
  });

  it('a day has what its namespaces used together, and a gap marks the days that it touches', () => {
    const items = [
      row('2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z', 2),
      row('2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z', 3, 'b'),
      row('2026-11-04T00:00:00.000Z', '2026-11-05T00:00:00.000Z', 1),
    ];
    const gaps = [{ from: '2026-11-04T23:00:00.000Z', to: '2026-11-05T00:00:00.000Z' }];
    const slots = slotsOf(
      usage('day', '2026-11-03T00:00:00.000Z', '2026-11-06T00:00:00.000Z', items),
      gaps,
      'cpu_hours',
    );
    expect(slots.map(({ value, hasGap }) => [value, hasGap])).toEqual([
      [5, false],
      [1, true],
      [null, false],
    ]);
  });

  it('bytes are shown as GB, and what was not reported is no zero', () => {
    expect(amountOf({ network_bytes_sent: 2 ** 31 }, 'network_bytes_sent')).toBe(2);
    expect(amountOf({}, 'cpu_hours')).toBeNull();
  });
});
