import { describe, expect, it } from 'vitest';
import { faultRule, openFaults } from '../../../dev/stripe/faults.ts';

const rule = (given: object) => faultRule.parse(given);

describe('a fault', () => {
  it('strikes as often as it was asked to, and then no more', () => {
    const faults = openFaults();
    faults.add(rule({ kind: '500', times: 2 }));
    const struck = Array.from({ length: 4 }, () => faults.ofRequest('POST', '/v1/customers')?.kind ?? null);
    expect(struck).toEqual(['500', '500', null, null]);
    expect(faults.list()).toEqual([]);
  });

  it('strikes its method and its path only, whatever stands in a place', () => {
    const faults = openFaults();
    faults.add(rule({ kind: '429', match: { method: 'POST', path: '/v1/invoices/:id/add_lines' } }));
    expect(faults.ofRequest('POST', '/v1/invoices/in_1/add_lines')?.kind).toBe('429');
    expect(faults.ofRequest('POST', '/v1/invoices/in_1/finalize')).toBeNull();
    expect(faults.ofRequest('GET', '/v1/invoices/in_1/add_lines')).toBeNull();
  });

  it('strikes a share that follows from the seed', () => {
    const strikes = (seed: number) => {
      const faults = openFaults();
      faults.add(rule({ kind: 'timeout_after_accept', rate: 0.3, seed }));
      return Array.from({ length: 1000 }, () => faults.ofRequest('POST', '/v1/customers') !== null);
    };
    expect(strikes(7)).toEqual(strikes(7));
    expect(strikes(7)).not.toEqual(strikes(8));
    const share = strikes(7).filter(Boolean).length / 1000;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
  });

  it('of webhooks strikes no request, and by the beginning of the type', () => {
    const faults = openFaults();
    faults.add(rule({ kind: 'drop_webhook', match: { type: 'invoice.' } }));
    expect(faults.ofRequest('POST', '/v1/invoices')).toBeNull();
    expect(faults.ofWebhook('customer.created')).toBeNull();
    expect(faults.ofWebhook('invoice.created')?.kind).toBe('drop_webhook');
  });

  it.each([
    { kind: 'nonsense' },
    { kind: '500', match: { type: 'x' } },
    { kind: 'drop_webhook', match: { path: '/v1/' } },
    { kind: '500', rate: 0 },
    { kind: '500', more: 1 },
  ])('that makes no sense is refused: %j', (given) => {
    expect(faultRule.safeParse(given).success).toBe(false);
  });
});
