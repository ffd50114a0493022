/** What `tenantry outbox` and `tenantry billing-settings` ask and print. */
import { describe, expect, it } from 'vitest';
import { callApi, customerId } from './harness.ts';

const row = {
  outbox_id: `out_${'a'.repeat(32)}`,
  kind: 'stripe_lines',
  state: 'planned',
  subject: customerId,
  attempts: 2,
  last_error: 'timeout',
  created_at: '2026-11-21T10:00:00.000Z',
  sent_at: null,
  next_at: '2026-11-21T10:05:00.000Z',
};

describe('outbox', () => {
  it('lists what was refused, or what waits while it is shut', async () => {
    const body = { items: [row], total: 1, page: 1, limit: 20 };
    const refused = await callApi(['outbox'], () => ({ status: 200, body }));
    expect([refused.exit, refused.heard[0]?.query.get('state')]).toEqual([0, 'never']);
    const shut = await callApi(['outbox', 'list', '--state', 'shut'], () => ({ status: 200, body }));
    expect(shut.heard[0]?.query.get('state')).toBe('shut');
    expect(shut.lines.join('\n')).toMatch(/out_a+ +stripe_lines +cust_\S+ +planned +2 +timeout/);
    expect((await callApi(['outbox', 'list', '--state', 'gone'], () => ({ status: 200, body }))).exit).toBe(2);
  });

  it('is shut with a reason and opened with the run that has compared', async () => {
    const told = { status: 200, body: { success: true, shut_at: null, reason: 'compared' } };
    const shut = await callApi(['outbox', 'shut', '--reason', 'restored'], () => told);
    expect(shut.heard[0]).toMatchObject({ method: 'POST', path: '/api/outbox/shut', body: { reason: 'restored' } });
    const opened = await callApi(['outbox', 'open', '--drift', 'drun_1'], () => told);
    expect(opened.heard[0]).toMatchObject({ path: '/api/outbox/open', body: { drift_id: 'drun_1' } });
    expect((await callApi(['outbox', 'open'], () => told)).exit).toBe(2);
  });
});

describe('billing-settings', () => {
  const billing = {
    collection: 'invoice',
    net_days: 14,
    tax_exempt: 'none',
    po_number: 'PO-1',
    tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
    address: { line1: 'Unter den Linden 1', city: 'Berlin', country: 'DE' },
    billing_email: null,
    at_stripe: 'refused',
    refused: [{ field: 'tax_ids', code: 'tax_id_invalid', message: 'no such number' }],
  };
  const told = { status: 200, body: { success: true, billing } };
  const path = `/api/customers/${customerId}/billing`;

  it('show says each setting, and what Stripe does not take', async () => {
    const { exit, lines, heard } = await callApi(['billing-settings', 'show', customerId], () => told);
    expect([exit, heard[0]?.method, heard[0]?.path]).toEqual([0, 'GET', path]);
    expect(lines).toEqual([
      'collection     by invoice, to be paid within 14 days',
      'tax            none',
      'tax ids        eu_vat DE123456789',
      'address        Unter den Linden 1, Berlin, DE',
      'PO number      PO-1',
      "invoices go to the customer's own email",
      'at Stripe      refused',
      'refused        tax_ids: no such number',
    ]);
  });

  it('set sends what is named and nothing else, and takes back what is none', async () => {
    const set = (...args: string[]) => callApi(['billing-settings', 'set', customerId, ...args], () => told);
    const all = await set(
      ...['--net-days', '14', '--po', 'none', '--email', 'bills@example.com', '--collection', 'invoice'],
      ...['--tax-id', 'eu_vat:DE123456789', '--tax-id', 'gb_vat:GB123456789'],
      ...['--address', '{"line1":"Unter den Linden 1","country":"DE"}'],
    );
    expect(all.heard[0]).toMatchObject({ method: 'PUT', path });
    expect(all.heard[0]?.body).toEqual({
      collection: 'invoice',
      net_days: 14,
      po_number: null,
      billing_email: 'bills@example.com',
      tax_ids: [
        { type: 'eu_vat', value: 'DE123456789' },
        { type: 'gb_vat', value: 'GB123456789' },
      ],
      address: { line1: 'Unter den Linden 1', country: 'DE' },
    });
    expect((await set('--tax-id', 'none', '--address', 'none')).heard[0]?.body).toEqual({ tax_ids: [], address: null });
    for (const wrong of [[], ['--tax-id', 'DE1'], ['--address', 'Berlin'], ['--net-days', '-1']]) {
      expect((await set(...wrong)).exit).toBe(2);
    }
  });
});
