import { describe, expect, it } from 'vitest';
import { bytes, dollars, fieldQuantity, price, quantity } from '../../cli/format/amounts.ts';
import { costTable } from '../../cli/format/cost.ts';
import { tableOf } from '../../cli/format/table.ts';
import { gapsTable, historyTable } from '../../cli/format/usage.ts';
import { oneLine } from '../../cli/text.ts';
import type { CostAnswer } from '../../src/contracts/cost.ts';
import type { HistoryAnswer } from '../../src/contracts/usage.ts';
import { customerId } from './harness.ts';

describe('amounts', () => {
  it.each([
    [0, '$0.00'],
    [5, '$0.05'],
    [2900, '$29.00'],
    [123_456_789, '$1,234,567.89'],
    [-5, '-$0.05'],
    [-100_000, '-$1,000.00'],
  ])('%d cents are %s', (cents, shown) => {
    expect(dollars(cents)).toBe(shown);
  });

  it.each([
    ['0', '0'],
    ['0.0000005', '<0.001'],
    ['0.0005', '0.001'],
    ['-0.0000005', '>-0.001'],
    ['1234.5678', '1,234.568'],
    ['123456789012345678901234.5', '123,456,789,012,345,678,901,234.5'],
    [1e21, '1,000,000,000,000,000,000,000'],
    [12.5, '12.5'],
  ])('the quantity %s is shown as %s', (value, shown) => {
    expect(quantity(value)).toBe(shown);
  });

  it.each([
    [0, '0'],
    [1_048_576, '1 MB'],
    [2 ** 30, '1 GB'],
    [600 * 2 ** 30, '600 GB'],
  ])('%d bytes are %s', (value, shown) => {
    expect(bytes(value)).toBe(shown);
  });

  it.each([
    ['29', '$29.00'],
    ['0', '$0.00'],
    ['0.05', '$0.05'],
    ['0.125', '$0.125'],
    ['0.0005', '$0.50 per 1,000'],
    ['0.0000005', '$0.50 per 1,000,000'],
    ['1234.5', '$1,234.50'],
  ])('the price %s of a unit is %s', (value, shown) => {
    expect(price(value)).toBe(shown);
  });

  it('shows what was not reported as a dash, never as zero', () => {
    expect(fieldQuantity('cpu_hours', undefined)).toBe('-');
    expect(fieldQuantity('cpu_hours', 0)).toBe('0');
    expect(fieldQuantity('network_bytes_sent', 2 ** 30)).toBe('1 GB');
  });
});

describe('a table', () => {
  it('is as wide as what is in it, numbers to the right', () => {
    const columns = [{ title: 'name' }, { title: 'n', align: 'right' as const }, { title: 'why' }];
    expect(
      tableOf(columns, [
        ['Zoë & Co', '12,000', ''],
        ['a', '1', 'small'],
      ]),
    ).toEqual(['NAME           N  WHY', 'Zoë & Co  12,000', 'a              1  small']);
  });

  it('cannot be broken by what a customer typed', () => {
    expect(tableOf([{ title: 'name' }], [['a\n\u001b[2Jb\u2028c']])).toEqual(['NAME', 'a [2Jb c']);
    expect(oneLine('error: x\r\nok: y')).toBe('error: x ok: y');
  });
});

const cost: CostAnswer = {
  customer_id: customerId,
  period: { start: '2026-11-21T10:00:00.000Z', end: '2026-12-21T10:00:00.000Z' },
  kind: 'manual',
  plan: 'starter',
  status: 'trialing',
  currency: 'usd',
  complete: false,
  invoiceable: false,
  lines: [
    {
      line_id: 'base_fee/-/2026-11-21T10:00:00.000Z',
      from: '2026-11-21T10:00:00.000Z',
      to: '2026-12-21T10:00:00.000Z',
      meter: 'base_fee',
      description: 'Starter plan',
      quantity: '1',
      unit: 'month',
      included: '0',
      billable: '1',
      tier: null,
      unit_price: '29',
      amount_cents: 2900,
      reason: 'for the whole period',
      allowance: null,
    },
    {
      line_id: 'cpu_core_ms/0/2026-11-21T10:00:00.000Z',
      from: '2026-11-21T10:00:00.000Z',
      to: '2026-12-21T10:00:00.000Z',
      meter: 'cpu_core_ms',
      description: 'CPU',
      quantity: '3500',
      unit: 'core-hour',
      included: '720',
      billable: '2780',
      tier: 'first 5000',
      unit_price: '0.05',
      amount_cents: 13_900,
      reason: 'above 720 core-hours included',
      allowance: { name: 'cpu_core_ms', size: '720', peak: null },
    },
  ],
  total_cents: 16_800,
  tax_included: false,
  note: null,
};

describe('the cost', () => {
  it('is a table whose lines say why, with the total of the API', () => {
    expect(costTable(cost)).toEqual([
      'Cost of 2026-11-21 10:00 to 2026-12-21 10:00 UTC: plan starter, trialing, never invoiced, not complete yet',
      'LINE              QUANTITY  UNIT       INCLUDED  BILLABLE  UNIT PRICE   AMOUNT  WHY',
      'Starter plan             1  month             0         1      $29.00   $29.00  for the whole period',
      'CPU (first 5000)     3,500  core-hour       720     2,780       $0.05  $139.00  above 720 core-hours included',
      'Total                                                                  $168.00  tax is not included',
    ]);
  });
});

const history = (items: HistoryAnswer['items'], granularity: 'day' | 'window' = 'day'): HistoryAnswer => ({
  customer_id: customerId,
  from: '2026-11-20T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  granularity,
  items,
  total: items.length,
  page: 1,
  limit: 100,
  totals: { cpu_hours: 3.5, network_bytes_sent: 2 ** 30 },
});

const item = {
  window_start: '2026-11-21T00:00:00.000Z',
  window_end: '2026-11-22T00:00:00.000Z',
  namespace: 'customer-aaaaaaaa',
  instance_id: 'k8s-cluster-1',
  revision: null,
  complete: false,
  gap_seconds: 600,
  cpu_hours: 3.5,
};

describe('the history', () => {
  it('has a column for each quantity that occurs, and says what was not seen', () => {
    expect(historyTable(history([item]))).toEqual([
      'Usage of 2026-11-20 00:00 to 2026-11-22 00:00 UTC',
      'DAY         NAMESPACE          CPU H  SENT  SEEN',
      '2026-11-21  customer-aaaaaaaa    3.5     -  600.0 s not seen',
      'Total                            3.5  1 GB',
    ]);
  });

  it('names windows by their edges', () => {
    const window = { ...item, window_end: '2026-11-21T01:00:00.000Z', complete: true, gap_seconds: 0 };
    expect(historyTable(history([window], 'window'))[2]).toBe(
      '2026-11-21 00:00 to 01:00  customer-aaaaaaaa    3.5     -  all',
    );
  });

  it('says that nothing was reported instead of an empty table', () => {
    expect(historyTable(history([]))).toEqual([
      'Usage of 2026-11-20 00:00 to 2026-11-22 00:00 UTC: nothing was reported',
    ]);
  });
});

describe('gaps', () => {
  const range = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' };
  const head = { customer_id: customerId, ...range, page: 1, limit: 100 };
  it('are listed with their reason', () => {
    const items = [
      {
        namespace: 'customer-aaaaaaaa',
        instance_id: 'k8s-cluster-1',
        from: '2026-11-21T03:00:00.000Z',
        to: '2026-11-21T05:00:00.000Z',
        windows: 2,
        reason: 'missing' as const,
        details: [],
      },
    ];
    expect(gapsTable({ ...head, items, total: 1 })[2]).toBe(
      '2026-11-21 03:00  2026-11-21 05:00  customer-aaaaaaaa  k8s-cluster-1        2  missing',
    );
    expect(gapsTable({ ...head, items: [], total: 0 })).toEqual(['Gaps: none']);
  });

  it('say which thing of which meter was not seen, the longest first, in one line each', () => {
    const detail = (thing: string | null, seconds: number) => ({
      field: 'cpu_hours',
      thing,
      reason: 'not_shown',
      from: '2026-11-21T03:00:30.000Z',
      to: '2026-11-21T03:50:00.000Z',
      seconds,
    });
    const items = [
      {
        namespace: 'customer-aaaaaaaa',
        instance_id: 'k8s-cluster-1',
        from: '2026-11-21T03:00:00.000Z',
        to: '2026-11-21T05:00:00.000Z',
        windows: 2,
        reason: 'partial' as const,
        details: [detail('pod a\u001b[31m\nb', 90.25), detail(null, 600)],
      },
    ];
    expect(gapsTable({ ...head, items, total: 1 }).slice(3)).toEqual([
      '',
      'What was not seen, the longest first',
      'FROM                 TO                   NAMESPACE          METER      THING         NOT SEEN  WHY',
      '2026-11-21 03:00:30  2026-11-21 03:50:00  customer-aaaaaaaa  cpu_hours  all            600.0 s  not_shown',
      '2026-11-21 03:00:30  2026-11-21 03:50:00  customer-aaaaaaaa  cpu_hours  pod a [31m b    90.3 s  not_shown',
    ]);
    const many = Array.from({ length: 23 }, (_, i) => detail(`pod ${i}`, i));
    const lines = gapsTable({ ...head, items: items.map((item) => ({ ...item, details: many })), total: 1 });
    expect(lines.at(-1)).toBe('and 3 more: --json has them');
    expect(lines).toHaveLength(2 + 1 + 3 + 20 + 1);
  });
});
