import { describe, expect, it } from 'vitest';
import { callApi, customerId, pageOf } from './harness.ts';

describe('customer periods', () => {
  it('are a line each, whose start the cost is asked by, and what none of them holds', async () => {
    const period = {
      start: '2026-11-20T12:30:00.000Z',
      end: '2026-12-04T12:30:00.000Z',
      kind: 'trial',
      plan: 'small',
      plan_version: '2026-11',
      state: 'closed',
      complete: true,
      invoiceable: false,
      invoice_id: null,
    };
    const unbilled = [
      { start: '2026-12-04T12:00:00.000Z', end: '2026-12-06T00:00:00.000Z', windows: 36, reason: 'no_period' },
    ];
    const { exit, lines, heard } = await callApi(['customer', 'periods', customerId], ({ query }) => {
      const page = pageOf([period], query);
      return typeof page === 'string' ? page : { ...page, body: { ...(page.body as object), unbilled } };
    });
    expect(exit).toBe(0);
    expect(heard.map(({ path }) => path)).toEqual([`/api/customers/${customerId}/periods`]);
    expect(lines).toEqual([
      'START                     END               KIND   PLAN   VERSION  STATE   SEEN  INVOICED',
      '2026-11-20T12:30:00.000Z  2026-12-04 12:30  trial  small  2026-11  closed  all   never',
      'page 1 of 1, 1 in all',
      'in no period, kept and never billed: 36 windows from 2026-12-04 12:00 to 2026-12-06 00:00 UTC',
    ]);
  });
});
