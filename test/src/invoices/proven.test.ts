/** Bill, statement and credit are one: what Stripe has collected is what the windows of the statement cost, less what was prepaid. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { iso } from '../../../src/lib/time.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, periodsOf, tell, invoiceAtStripe, contextNow } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

async function month(above: number, body: object = {}) {
  const { made } = await paying('starter', { ...body });
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + above, start + 12 * hour);
  return { customerId, edge, end };
}
const endOf = async (customerId: string): Promise<number> => (await periodsOf(customerId)).at(-1)?.end ?? 0;
const lastOf = async (customerId: string): Promise<InvoiceRow> => {
  const row = (await rowsOf(customerId)).at(-1);
  if (!row) throw new Error('the customer has no invoice');
  return row;
};
const post = async (path: string, body: object) => {
  const answer = await api.call('POST', `/api/${path}`, { token: rootToken, body });
  expect(answer.status).toBeLessThan(300);
};
const grant = (customerId: string, cents: number) =>
  post(`customers/${customerId}/credits`, { amount_cents: cents, reason: 'a gift' });
async function ledgerOf(customerId: string): Promise<{ balance: number; kinds: string[] }> {
  const answer = await api.call('GET', `/api/customers/${customerId}/credits`, { token: rootToken });
  const { balance_cents: balance, items } = (await answer.json()) as {
    balance_cents: number;
    items: { kind: string }[];
  };
  return { balance, kinds: items.map(({ kind }) => kind) };
}

/** The statement of an invoice is right, and its total is what Stripe has before tax and discounts. */
async function expectProven({ id, stripeInvoiceId }: InvoiceRow) {
  await signStatements(contextNow());
  const file = await api.call('GET', `/api/invoices/${id}/statement`, { token: rootToken });
  expect(file.status).toBe(200);
  const verdict = await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
  expect(verdict.findings).toEqual([]);
  const { subtotal } = await invoiceAtStripe(stripeInvoiceId);
  expect(verdict.facts?.total_cents).toBe(subtotal);
  return verdict;
}

describe('what is collected', { timeout }, () => {
  it('is proven by the statement, with what came late and what was prepaid', async () => {
    const { customerId, edge, end } = await month(100);
    await grant(customerId, 4000);
    await goTo(end + 21 * minute);
    const first = await lastOf(customerId);
    expect(first).toMatchObject({ state: 'paid', subtotalCents: 3400, creditCents: 3400, totalCents: 0 });
    await expectProven(first);
    expect(await ledgerOf(customerId)).toMatchObject({ balance: 600, kinds: ['apply', 'grant'] });
    await uses(customerId, edge + 20 * hour, 7);
    await goTo((await endOf(customerId)) + 21 * minute);
    const second = await lastOf(customerId);
    expect(second).toMatchObject({ state: 'paid', subtotalCents: 2935, creditCents: 600, totalCents: 2335 });
    expect(await costs(second.id)).toEqual(['credit -600 billed', 'cpu_core_ms 35 billed']);
    await expectProven(second);
    expect((await ledgerOf(customerId)).balance).toBe(0);
  });

  it('is proven with a code that halves the fee for ever: usage is whole, and what is prepaid is taken after it', async () => {
    Object.assign(api.bindings, { PROMOTION_CODES: 'on' });
    const { id: coupon } = await stripe.call('/coupons', { percent_off: '50', duration: 'forever' });
    await stripe.call('/promotion_codes', {
      'promotion[type]': 'coupon',
      'promotion[coupon]': coupon,
      code: 'HALF',
    });
    const { customerId, end } = await month(100, { promotion_code: 'HALF' });
    Object.assign(api.bindings, { PROMOTION_CODES: undefined });
    expect(await lastOf(customerId)).toMatchObject({ state: 'paid', totalCents: 1450 });
    await grant(customerId, 2500);
    await goTo(end + 21 * minute);
    const first = await lastOf(customerId);
    expect(first).toMatchObject({ state: 'paid', creditCents: 1450 + 500, totalCents: 0 });
    expect(await costs(first.id)).toEqual(['credit -1950 billed', 'cpu_core_ms 500 billed']);
    const { data } = await stripe.read<{ data: { amount: number; discount_amounts: { amount: number }[] }[] }>(
      `/invoices/${first.stripeInvoiceId}/lines`,
    );
    const taken = data.map(({ amount, discount_amounts: off }) => [amount, ...off.map((one) => one.amount)]);
    expect(taken.toSorted(([a = 0], [b = 0]) => a - b).filter(([amount]) => amount !== 0)).toEqual([
      [-1950],
      [500],
      [2900, 1450],
    ]);
    await expectProven(first);
    await goTo((await endOf(customerId)) + 21 * minute);
    const second = await lastOf(customerId);
    expect(second).toMatchObject({ state: 'paid', creditCents: 550, totalCents: 1450 - 550 });
    await expectProven(second);
    const drift = await api.call('GET', '/api/drift?kind=amount', { token: rootToken });
    expect(await drift.json()).toMatchObject({ total: 0 });
  });

  it('is proven where it has no usage: the fee of a checkout, and of an upgrade', async () => {
    const { made } = await paying('starter');
    const { customer_id: customerId } = made.customer;
    await tell();
    const first = await lastOf(customerId);
    expect(first).toMatchObject({ kind: 'cycle', periodStart: null, ratedAt: null, state: 'paid', totalCents: 2900 });
    const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
    const verdict = await expectProven(first);
    expect(verdict).toMatchObject({
      facts: { windows: 0, total_cents: 2900, period: { end: iso(end) } },
      lines: [{ amount_cents: 2900, state: 'copied' }],
    });
    await goTo(start + 10 * hour);
    const up = await billing.ask('upgrade', made, { new_plan: 'professional' });
    expect(up.status).toBe(200);
    await tell();
    const upgraded = await lastOf(customerId);
    expect(upgraded).toMatchObject({ kind: 'cycle', periodStart: null, state: 'paid' });
    expect(upgraded.id).not.toBe(first.id);
    await expectProven(upgraded);
  });

  it('is proven where its usage was computed and not billed', async () => {
    const brake = { mode: 'shadow', reason: 'a test' };
    expect((await api.call('PUT', '/api/billing-brake', { token: rootToken, body: brake })).status).toBe(200);
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    await goTo(end + 7 * hour);
    const bill = await lastOf(customerId);
    expect(bill).toMatchObject({ state: 'paid', shadow: true, totalCents: 2900 });
    expect(await expectProven(bill)).toMatchObject({ facts: { windows: 0, total_cents: 2900 } });
    const body = { ...brake, mode: 'live' };
    await api.call('PUT', '/api/billing-brake', { token: rootToken, body });
  });

  it.each([
    ['', 0],
    [' and less than a cent was used since', 0.05],
  ])('is proven where a line was approved after its invoice had gone%s', async (_, since) => {
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    const { customerId, edge, end } = await month(100);
    await goTo(end + 21 * minute);
    await goTo(end + 6 * hour - 14 * minute);
    const without = await lastOf(customerId);
    expect(without).toMatchObject({ state: 'paid', totalCents: 2900 });
    await expectProven(without);
    const held = await api.call('GET', '/api/invoices/holds?limit=100', { token: rootToken });
    const { items } = (await held.json()) as { items: HeldLineView[] };
    const line = items.find((one) => one.customer_id === customerId);
    await post(`invoices/holds/${line?.hold_id}/release`, { reason: 'looked at it' });
    Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
    if (since > 0) await uses(customerId, edge + 20 * hour, since);
    await goTo((await endOf(customerId)) + 21 * minute);
    const later = await lastOf(customerId);
    expect(later).toMatchObject({ state: 'paid', totalCents: 3400 });
    await expectProven(later);
  });

  it('is proven where a line that was approved four months later comes beside another difference of it', async () => {
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    const { customerId, edge, end } = await month(100);
    await goTo(end + 21 * minute);
    await goTo(end + 6 * hour - 14 * minute);
    expect(await lastOf(customerId)).toMatchObject({ state: 'paid', totalCents: 2900 });
    for (let months = 0; months < 3; months++) await goTo((await endOf(customerId)) + 21 * minute);
    const held = await api.call('GET', `/api/invoices/holds?customer_id=${customerId}`, { token: rootToken });
    const { items } = (await held.json()) as { items: HeldLineView[] };
    await uses(customerId, edge + 20 * hour, 7);
    await post(`invoices/holds/${items[0]?.hold_id}/release`, { reason: 'looked at it' });
    await goTo((await endOf(customerId)) + 21 * minute);
    Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
    const later = await lastOf(customerId);
    expect(later).toMatchObject({ state: 'paid', totalCents: 3435 });
    expect((await costs(later.id)).toSorted()).toEqual(['cpu_core_ms 35 billed', 'cpu_core_ms 500 billed']);
    expect((await expectProven(later)).lines).toEqual(
      expect.arrayContaining(
        [35, 500].map((cents) => expect.objectContaining({ amount_cents: cents, state: 'right' })),
      ),
    );
  });

  it('gives back what was prepaid where the invoice goes without it, once, also when it is voided then', async () => {
    const { customerId, end } = await month(100);
    await grant(customerId, 1000);
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    await goTo(end + 21 * minute);
    const draft = await lastOf(customerId);
    expect(draft).toMatchObject({ state: 'held', creditCents: 1000 });
    expect((await ledgerOf(customerId)).balance).toBe(0);
    Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
    await stripe.call(`/invoices/${draft.stripeInvoiceId}/finalize`, { auto_advance: 'false' });
    await tell();
    expect(await lastOf(customerId)).toMatchObject({ state: 'open', creditCents: 0, late: true });
    expect((await ledgerOf(customerId)).balance).toBe(1000);
    await stripe.call(`/invoices/${draft.stripeInvoiceId}/void`, {});
    await tell();
    expect(await lastOf(customerId)).toMatchObject({ state: 'void', creditCents: 0 });
    expect(await ledgerOf(customerId)).toMatchObject({ balance: 1000, kinds: ['release', 'apply', 'grant'] });
  });
});
