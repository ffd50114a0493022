/** What `tenantry invoices` and `tenantry billing-brake` ask, ask a person before, and print. */
import { describe, expect, it } from 'vitest';
import { cpuLine } from '../harness/invoice-line.ts';
import { callApi, type Told } from './harness.ts';

const invoiceId = `inv_${'a'.repeat(32)}`;
const holdId = `lin_${'b'.repeat(32)}`;
const customerId = `cust_${'c'.repeat(32)}`;
const period = { start: '2026-01-18T10:00:00.000Z', end: '2026-02-18T10:00:00.000Z' };
const head = {
  invoice_id: invoiceId,
  customer_id: customerId,
  stripe_invoice_id: 'in_1',
  number: 'ABC-0002',
  kind: 'cycle',
  period,
  state: 'paid',
  hold: null,
  subtotal_cents: 3180,
  credit_cents: 0,
  tax_cents: 0,
  total_cents: 3180,
  amount_due_cents: 3180,
  due_at: null,
  hosted_url: null,
  late: true,
  shadow: false,
  statement: false,
  finalized_at: '2026-02-18T10:21:00.000Z',
  paid_at: '2026-02-18T10:21:00.000Z',
  created_at: '2026-02-18T10:00:00.000Z',
};
const line = { ...cpuLine(period), allowance: null };
const hold = {
  hold_id: holdId,
  invoice_id: invoiceId,
  customer_id: customerId,
  state: 'released',
  line,
  why: { limit_cents: 200, usual: { factor: 3, cents: 50, times: 5.6 } },
  held_at: '2026-02-18T10:20:00.000Z',
  until: null,
};
const shown: Told = { status: 200, body: { success: true, invoice: { ...head, lines: [line] } } };

describe('invoices', () => {
  it('lists them, and says what is to be known of one', async () => {
    const body = { items: [head], total: 1, page: 1, limit: 20 };
    const { exit, lines, heard } = await callApi(['invoices', customerId, '--state', 'paid'], () => ({
      status: 200,
      body,
    }));
    expect(exit).toBe(0);
    expect(heard[0]).toMatchObject({ method: 'GET', path: '/api/invoices' });
    expect(heard[0]?.query.get('customer_id')).toBe(customerId);
    expect(lines.join('\n')).toMatch(
      /ABC-0002 +cycle +2026-01-18 to 2026-02-18 +paid +\$31\.80 .*went without all usage/,
    );
  });

  it('shows one line by line, with why', async () => {
    const { lines } = await callApi(['invoices', 'show', invoiceId], () => shown);
    expect(lines.join('\n')).toMatch(
      /CPU +2026-01-18 to 2026-02-18 +56 +core-hour +\$2\.80 +tenantry +above 744 core-hours/,
    );
  });

  it('shows of a line what becomes of it, where it is not simply on the invoice', async () => {
    const states = ['held', 'released', 'rejected', 'billed'].map((state) => ({ ...line, state }));
    const body = { success: true, invoice: { ...head, lines: states } };
    const { lines } = await callApi(['invoices', 'show', invoiceId], () => ({ status: 200, body }));
    expect(lines.filter((text) => text.startsWith('CPU')).map((text) => text.split('tenantry  ')[1])).toEqual([
      'waits for approval, not on this invoice; above 744 core-hours included',
      'approved after this invoice, comes with the next one; above 744 core-hours included',
      'not approved, is never billed; above 744 core-hours included',
      'above 744 core-hours included',
    ]);
  });

  it('holds says why a line is held and since when, of one customer or invoice where it is asked for', async () => {
    const held = [
      { ...hold, state: 'held' },
      { ...hold, why: null },
    ];
    const body = { items: held, total: 2, page: 1, limit: 20 };
    const call = ['invoices', 'holds', customerId, '--invoice', invoiceId];
    const { exit, lines, heard } = await callApi(call, () => ({ status: 200, body }));
    expect(exit).toBe(0);
    expect(heard[0]?.query.get('customer_id')).toBe(customerId);
    expect(heard[0]?.query.get('invoice_id')).toBe(invoiceId);
    expect(lines.join('\n')).toMatch(
      /CPU +\$2\.80 +2026-02-18 10:20 +- +above \$2\.00; 5\.6 times the usual \$0\.50, above 3/,
    );
    expect(lines.join('\n')).toMatch(/2026-02-18 10:20 +- +-/);
  });

  it('finalize asks before', async () => {
    const no = await callApi(['invoices', 'finalize', invoiceId], () => shown, 'n');
    expect(no.heard).toEqual([]);
    const yes = await callApi(['invoices', 'finalize', invoiceId, '--yes'], () => shown);
    expect(yes.heard[0]).toMatchObject({ method: 'POST', path: `/api/invoices/${invoiceId}/finalize` });
  });

  it('release says when the line comes', async () => {
    const call = ['invoices', 'release', holdId, '--reason', 'asked them'];
    const { lines, heard } = await callApi(call, () => ({ status: 200, body: { success: true, hold } }));
    expect(heard[0]).toMatchObject({ path: `/api/invoices/holds/${holdId}/release`, body: { reason: 'asked them' } });
    expect(lines).toEqual(['CPU, $2.80, is billed by the next invoice']);
  });
});

describe('billing-brake', () => {
  const set = {
    mode: 'paused',
    reason: 'a wrong price',
    changed_by: 'admin:root',
    changed_at: '2026-02-18T10:00:00.000Z',
  };
  it('is shown, and set with a reason', async () => {
    const body = { mode: 'live', reason: null, changed_by: null, changed_at: null };
    expect((await callApi(['billing-brake'], () => ({ status: 200, body }))).lines).toEqual([
      'live, as the environment says',
    ]);
    const { heard, lines } = await callApi(['billing-brake', 'paused', '--reason', 'a wrong price'], () => ({
      status: 200,
      body: set,
    }));
    expect(heard[0]).toMatchObject({ method: 'PUT', body: { mode: 'paused', reason: 'a wrong price' } });
    expect(lines).toEqual(['paused, since 2026-02-18 10:00 UTC, admin:root: a wrong price']);
    expect((await callApi(['billing-brake', 'paused'], () => ({ status: 200, body: set }))).exit).toBe(2);
  });
});
