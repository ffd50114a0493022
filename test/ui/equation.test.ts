/** When an invoice's line says that it is quantity less allowance, times price; and which days a list asks the API for. */
import { describe, expect, it } from 'vitest';
import { equationOf } from '../../ui/src/invoices/equation.ts';
import { timesOf } from '../../ui/src/list/days.ts';
import { cpuLine } from '../harness/invoice-line.ts';

const line = cpuLine({ start: '2026-01-18T10:00:00.000Z', end: '2026-02-18T10:00:00.000Z' });

describe('the equation of a line', () => {
  it('is said where it comes to the amount, rounded to the cent', () => {
    expect(equationOf(line)).toEqual({ used: '800', included: '744', billed: '56' });
    expect(equationOf({ ...line, billable: '56.1', quantity: '800.1', amount_cents: 281 })).not.toBeNull();
  });

  it('is not said where it would explain another amount', () => {
    for (const other of [
      { amount_cents: 281 },
      { amount_cents: 0 },
      { delta_of: `inv_${'1'.repeat(32)}` },
      { by: 'stripe' as const },
      { allowance: null },
    ])
      expect(equationOf({ ...line, ...other })).toBeNull();
  });
});

describe('days of a list', () => {
  it('hold the last one whole, and nothing that is no day', () => {
    expect(timesOf({ from: '2026-01-30', to: '2026-01-31' })).toEqual({
      from: '2026-01-30T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    });
    expect(timesOf({ from: 'yesterday', to: '2026-99-01' })).toEqual({});
  });
});
