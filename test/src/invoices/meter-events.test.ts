/**
 * With USAGE_BILLING=meter_events Stripe's meter is told what each period comes to, once, in whole cents, and what Stripe collects for it is
 * what was rated: also where processes die, and everything is done twice.
 */
import { beforeAll, expect, it } from 'vitest';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { servicesOf } from '../../../src/services.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { carriersOf } from '../../../src/wiring.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { openPeriods } from '../../../src/workflows/subscriptions/open-periods.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { type Break, breaking } from '../../harness/worker/broken-stripe.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 180_000;
let stripe: StandInOfTests;
let metered: { meter: string; price: string };
const billing = billingOf(api, () => stripe);
const { paying, uses, rowsOf, periodsOf, goTo, tell, contextNow, invoiceAtStripe } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
  Object.assign(api.bindings, { USAGE_BILLING: 'meter_events' });
  metered = await meteredPrice();
});

async function meteredPrice(): Promise<{ meter: string; price: string }> {
  const meter = await stripe.call('/billing/meters', {
    display_name: 'Overage',
    event_name: 'tenantry_overage_cents',
    'default_aggregation[formula]': 'sum',
  });
  const product = await stripe.call('/products', { name: 'Overage' });
  const price = await stripe.call('/prices', {
    product: product.id,
    currency: 'usd',
    unit_amount: '1',
    'recurring[interval]': 'month',
    'recurring[usage_type]': 'metered',
    'recurring[meter]': meter.id,
  });
  return { meter: meter.id, price: price.id };
}

/** Everything is done twice at once, and the calls break in turn; then all goes well. */
async function closeBadly(): Promise<void> {
  const breaks: readonly Break[] = ['killed_after', 'lost_answer', 'killed_before', 'lost_call'];
  let calls = 0;
  const made = carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
  const next = (what: 'write' | 'read') => (what === 'write' ? (breaks[calls++ % breaks.length] as Break) : 'none');
  const broken = { ...made, stripe: made.stripe && breaking(made.stripe, next) };
  await Promise.all([closePeriods(contextNow()), closePeriods(contextNow())]);
  for (let round = 0; round < 4; round++) {
    await Promise.all([deliverOutbox(broken), deliverOutbox(broken)]);
    await stripe.move(api.clock.now + 3 * minute);
  }
  for (let round = 0; round < 3; round++) await goTo(api.clock.now + 12 * minute);
}

/** A customer with a price on the meter, who has used 500 cents above what is included. */
async function month(body: Record<string, unknown> = {}) {
  const { made, id } = await paying('starter', body);
  const customerId = made.customer.customer_id;
  await stripe.call(`/subscriptions/${id}`, { 'items[0][price]': metered.price, proration_behavior: 'none' });
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  return { customerId, id, edge, start, end };
}

/** What the meter was told of a customer at Stripe from then on, cents. */
async function toldOf(customer: string, start: number): Promise<number> {
  const from = Math.floor(start / 60_000) * 60;
  const to = Math.ceil(api.clock.now / 60_000) * 60;
  const { data } = await stripe.read<{ data: { aggregated_value: number }[] }>(
    `/billing/meters/${metered.meter}/event_summaries?customer=${customer}&start_time=${from}&end_time=${to}`,
  );
  return data[0]?.aggregated_value ?? 0;
}

async function verifiedAt({ id }: InvoiceRow, totalCents: number): Promise<void> {
  await signStatements(contextNow());
  const file = await api.call('GET', `/api/invoices/${id}/statement`, { token: rootToken });
  const verdict = await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
  expect(verdict).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: totalCents } });
}

const lastOf = async (customerId: string) => (await rowsOf(customerId)).at(-1) as InvoiceRow;

it('tells each period once, and the invoice at Stripe has the sum', { timeout }, async () => {
  const { customerId, edge, start, end } = await month();
  await stripe.move(end + minute);
  await tell();
  await stripe.move(end + 17 * minute);
  await closeBadly();
  const bill = await lastOf(customerId);
  expect(bill).toMatchObject({ state: 'paid', late: false, totalCents: 3400 });
  expect(await invoiceAtStripe(bill.stripeInvoiceId)).toMatchObject({ status: 'paid', total: 3400 });

  // What came late is a second event, of that period, on the next invoice.
  await uses(customerId, edge + 20 * hour, 7);
  const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
  await uses(customerId, Math.floor(next / hour) * hour - 30 * hour, (next - end) / hour + 40, next - 20 * hour);
  await stripe.move(next + minute);
  await tell();
  await stripe.move(next + 17 * minute);
  await closeBadly();
  const second = await lastOf(customerId);
  expect(second).toMatchObject({ state: 'paid', totalCents: 2900 + 200 + 35 });
  const { customer } = await stripe.read<{ customer: string }>(`/invoices/${second.stripeInvoiceId}`);
  expect(await toldOf(customer, start)).toBe(500 + 200 + 35);
  const drift = await api.call('GET', '/api/drift?kind=amount', { token: rootToken });
  expect(await drift.json()).toMatchObject({ total: 0 });

  // The statement has our lines, and not the meter's line beside them.
  await verifiedAt(second, 3135);
});

it('a price of somebody else on the subscription is a line of its own, and not the meter’s', { timeout }, async () => {
  const { customerId, end, id } = await month();
  const product = await stripe.call('/products', { name: 'Support' });
  const recurring = { currency: 'usd', product: product.id, 'recurring[interval]': 'month' };
  const support = await stripe.call('/prices', { ...recurring, unit_amount: '700' });
  // Another meter's is no more ours than a fee is.
  const meter = await stripe.call('/billing/meters', {
    display_name: 'Tickets',
    event_name: 'tickets',
    'default_aggregation[formula]': 'sum',
  });
  const tickets = await stripe.call('/prices', {
    ...recurring,
    unit_amount: '300',
    'recurring[usage_type]': 'metered',
    'recurring[meter]': meter.id,
  });
  await stripe.call(`/subscriptions/${id}`, {
    'items[0][price]': support.id,
    'items[1][price]': tickets.id,
    proration_behavior: 'none',
  });
  const { customer } = await stripe.read<{ customer: string }>(`/subscriptions/${id}`);
  await stripe.call('/billing/meter_events', {
    event_name: 'tickets',
    'payload[stripe_customer_id]': customer,
    'payload[value]': '2',
    timestamp: String(Math.floor(api.clock.now / 1000)),
  });
  await goTo(end + 2 * minute);
  await goTo(end + 21 * minute);
  const bill = await lastOf(customerId);
  expect(bill).toMatchObject({ state: 'paid', late: false, totalCents: 2900 + 500 + 700 + 600 });
  const drift = await api.call('GET', '/api/drift?kind=amount', { token: rootToken });
  expect(await drift.json()).toMatchObject({ total: 0 });
  // Every cent at Stripe is on the statement, and the meter's once.
  await verifiedAt(bill, 4700);
});

it('a sum below nothing is a line, and not told: a meter has nothing to give back', { timeout }, async () => {
  const { customerId, edge, start, end } = await month();
  await goTo(end + 2 * minute);
  await goTo(end + 21 * minute);
  const first = await lastOf(customerId);
  expect(first).toMatchObject({ state: 'paid', totalCents: 3400 });
  // A person has voided the window; what came in its place is less.
  await billing.shard
    .prepare('DELETE FROM windows WHERE window_end = ?')
    .bind(edge + 10 * hour)
    .run();
  await uses(customerId, edge + 11 * hour, (end - start) / hour + 60);
  const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
  await goTo(next + 2 * minute);
  await goTo(next + 21 * minute);
  const second = await lastOf(customerId);
  expect(second).toMatchObject({ state: 'paid', late: false, totalCents: 2900 - 200 });
  expect(await billing.costs(second.id)).toEqual(['cpu_core_ms -200 billed']);
  const { customer } = await stripe.read<{ customer: string }>(`/invoices/${second.stripeInvoiceId}`);
  expect(await toldOf(customer, start)).toBe(500);
  await verifiedAt(second, 2700);
});

it('a month of a yearly subscription is told once, with no invoice of ours, and the last period is an invoice', {
  timeout,
}, async () => {
  const { made } = await paying('starter', { interval: 'year' });
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  const first = await lastOf(customerId);
  const { customer } = await stripe.read<{ customer: string }>(`/invoices/${first.stripeInvoiceId}`);
  await goTo(end + 2 * minute);
  await openPeriods(contextNow());
  await goTo(end + 21 * minute);
  await goTo(end + 40 * minute);
  const told = await lastOf(customerId);
  expect(told).toMatchObject({ kind: 'usage', state: 'paid', totalCents: 500, stripeInvoiceId: null });
  expect(await billing.costs(told.id)).toEqual(['cpu_core_ms 500 billed']);
  expect(await toldOf(customer, start)).toBe(500);
  const last = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await goTo(last.start + 48 * hour);
  await uses(customerId, Math.ceil(last.start / hour) * hour + 10 * hour, (last.end - last.start) / hour + 40);
  await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
  await goTo(api.clock.now + minute);
  await goTo(api.clock.now + 2 * hour);
  const closing = await lastOf(customerId);
  expect(closing).toMatchObject({ kind: 'closing', state: 'paid', totalCents: 200 });
  expect(await invoiceAtStripe(closing.stripeInvoiceId)).toMatchObject({ status: 'paid', total: 200 });
  expect(await toldOf(customer, start)).toBe(500);
});
