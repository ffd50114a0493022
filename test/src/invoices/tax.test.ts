/**
 * With STRIPE_TAX=on an invoice whose customer has no address that tax can be worked out for stays a draft, and its customer is told; another
 * address has it finalised, by the one order that a person gives, too. Nothing is billed without its tax: a renewal, and an invoice of ours.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { servicesOf } from '../../../src/services.ts';
import type { StripePort } from '../../../src/stripe/port.ts';
import { carriersOf } from '../../../src/wiring.ts';
import { claimPeriods } from '../../../src/workflows/billing/claim-periods.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { planUnstick } from '../../../src/workflows/plan-unstick.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, periodsOf, invoiceAtStripe, contextNow } = billing;
const db = () => openDb(billing.control);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const berlin = { line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'DE' };
const setAddress = async (customerId: string) => {
  const answer = await api.call('PUT', `/api/customers/${customerId}/billing`, {
    token: rootToken,
    body: { address: berlin },
  });
  expect(answer.status).toBe(200);
};
const count = async (sql: string, ...bound: string[]): Promise<number> =>
  (
    await billing.control
      .prepare(sql)
      .bind(...bound)
      .first<{ n: number }>()
  )?.n ?? 0;
const mailsTo = (customerId: string) =>
  count("SELECT count(*) AS n FROM notices WHERE customer_id = ? AND kind = 'tax_address_wrong'", customerId);
const ordersOf = (invoiceId: string) =>
  count("SELECT count(*) AS n FROM outbox WHERE kind = 'stripe_finalize' AND payload ->> 'invoice_id' = ?", invoiceId);
const lastOf = async (customerId: string) => (await rowsOf(customerId)).at(-1) as InvoiceRow;

/** A customer without an address whose subscription is taxed, with 100 core-hours above what is included. */
async function whoUses(interval = 'month') {
  Object.assign(api.bindings, { STRIPE_TAX: 'off' });
  const { made, id } = await paying('starter', { interval });
  Object.assign(api.bindings, { STRIPE_TAX: 'on' });
  const customerId = made.customer.customer_id;
  await stripe.taxWithoutAddress(id);
  await billing.tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  return { customerId, sub: id, end };
}

/** As `whoUses`, when the renewal cannot be finalised. */
async function whoWaits() {
  const { customerId, end } = await whoUses();
  await goTo(end + 21 * minute);
  const stuck = await lastOf(customerId);
  expect(stuck).toMatchObject({ state: 'failed', finalizedAt: null });
  return { customerId, stuck, end };
}
const whole = Math.round((2900 + 500) * 1.19);

it('what Stripe finalises by itself without its tax, because nobody has meanwhile, is said', { timeout }, async () => {
  const { customerId, sub, end } = await whoUses();
  await stripe.move(end + minute);
  await billing.tell();
  // Nothing of ours runs until Stripe’s own deadline.
  await stripe.move(end + 8 * hour);
  await billing.tell();
  const { automatic_tax: tax } = await stripe.read(`/subscriptions/${sub}`);
  expect(tax).toMatchObject({ enabled: false, disabled_reason: 'requires_location_inputs' });
  expect(await lastOf(customerId)).toMatchObject({ kind: 'cycle', state: 'paid', taxCents: 0 });
  expect(api.logs.filter(({ message }) => message === 'Stripe bills an invoice without its tax')).toMatchObject([
    { level: 'error', fields: { customer_id: customerId } },
  ]);
});

it('it waits with its lines, tells its customer once, and is collected with tax when the address is right', {
  timeout,
}, async () => {
  const { customerId, stuck, end } = await whoWaits();
  for (const hours of [1, 7, 60]) await goTo(end + hours * hour);
  expect(await invoiceAtStripe(stuck.stripeInvoiceId)).toMatchObject({ status: 'draft', total: 3400 });
  expect(await mailsTo(customerId)).toBe(1);
  const orders = await ordersOf(stuck.id);
  await goTo(end + 61 * hour);
  expect(await ordersOf(stuck.id)).toBe(orders);
  await setAddress(customerId);
  await goTo(api.clock.now + minute);
  await goTo(api.clock.now + minute);
  expect(await lastOf(customerId)).toMatchObject({
    id: stuck.id,
    state: 'paid',
    subtotalCents: 3400,
    taxCents: whole - 3400,
    totalCents: whole,
  });
  expect(await invoiceAtStripe(stuck.stripeInvoiceId)).toMatchObject({ status: 'paid', total: whole });
  expect(await billing.costs(stuck.id)).toEqual(['cpu_core_ms 500 billed']);
});

it('a person and another address at the same time are one order', { timeout }, async () => {
  const { customerId, stuck } = await whoWaits();
  const before = await ordersOf(stuck.id);
  const { stripeCustomerId } = (await billing.control
    .prepare('SELECT stripe_customer_id AS stripeCustomerId FROM customers WHERE id = ?')
    .bind(customerId)
    .first<{ stripeCustomerId: string }>()) ?? { stripeCustomerId: '' };
  await stripe.call(`/customers/${stripeCustomerId}`, { 'address[country]': 'DE', 'address[line1]': 'x' });
  const unstick = async () => commit(db(), await planUnstick(db(), customerId, api.clock.now));
  const byHand = () => api.call('POST', `/api/invoices/${stuck.id}/finalize`, { token: rootToken, body: {} });
  await Promise.all([unstick(), byHand(), unstick(), byHand()]);
  expect(await ordersOf(stuck.id)).toBe(before + 1);
  await goTo(api.clock.now + minute);
  expect(await lastOf(customerId)).toMatchObject({ state: 'paid', totalCents: whole });
});

it('an address that comes while the order is under way has it go once more', { timeout }, async () => {
  const { customerId, stuck } = await whoWaits();
  await commit(db(), await planUnstick(db(), customerId, api.clock.now));
  const made = carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
  const port = made.stripe as StripePort;
  const drafts: StripePort['drafts'] = {
    ...port.drafts,
    async finalize(...call) {
      const refused = await port.drafts.finalize(...call);
      const { customer } = await stripe.read<{ customer: string }>(`/invoices/${stuck.stripeInvoiceId}`);
      await stripe.call(`/customers/${customer}`, { 'address[country]': 'DE', 'address[line1]': 'x' });
      await commit(db(), await planUnstick(db(), customerId, api.clock.now));
      return refused;
    },
  };
  await deliverOutbox({ ...made, stripe: { ...port, drafts } });
  await goTo(api.clock.now + 2 * minute);
  await goTo(api.clock.now + 2 * minute);
  expect(await lastOf(customerId)).toMatchObject({ state: 'paid', totalCents: whole });
});

/** Invoices of ours, and what makes one of what a customer has used by the end of its period. */
const ours = [
  { kind: 'usage', interval: 'year', bill: (_: string, end: number) => goTo(end + 21 * minute) },
  {
    kind: 'closing',
    interval: 'month',
    async bill(customerId: string, end: number) {
      await goTo(end - 10 * day);
      await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
      await goTo(api.clock.now + minute);
      await goTo(api.clock.now + 2 * hour);
    },
  },
];
const taxed = { subtotalCents: 500, taxCents: 95, totalCents: 595 };

describe.each(ours)('of a taxed subscription an invoice of ours ($kind)', { timeout }, ({ kind, interval, bill }) => {
  it('has its tax', async () => {
    const { customerId, end } = await whoUses(interval);
    await setAddress(customerId);
    await bill(customerId, end);
    const own = await lastOf(customerId);
    expect(own).toMatchObject({ kind, state: 'paid', ...taxed });
    expect(await invoiceAtStripe(own.stripeInvoiceId)).toMatchObject({ status: 'paid', total: 595 });
    expect(await mailsTo(customerId)).toBe(0);
  });

  it('stays a draft without an address, tells its customer once, and is collected with tax when there is one', async () => {
    const { customerId, end } = await whoUses(interval);
    await bill(customerId, end);
    const own = await lastOf(customerId);
    for (const hours of [1, 7]) await goTo(api.clock.now + hours * hour);
    expect(await lastOf(customerId)).toMatchObject({ id: own.id, kind, state: 'failed', finalizedAt: null });
    expect(await invoiceAtStripe(own.stripeInvoiceId)).toMatchObject({
      status: 'draft',
      last_finalization_error: { code: 'customer_tax_location_invalid' },
    });
    expect(await mailsTo(customerId)).toBe(1);
    await setAddress(customerId);
    await goTo(api.clock.now + minute);
    await goTo(api.clock.now + minute);
    expect(await lastOf(customerId)).toMatchObject({ id: own.id, kind, state: 'paid', ...taxed });
    expect(await mailsTo(customerId)).toBe(1);
  });
});

it('an invoice of ours of a subscription that was bought without tax has none, whatever is set since', {
  timeout,
}, async () => {
  Object.assign(api.bindings, { STRIPE_TAX: 'off' });
  const { made } = await paying('starter', { interval: 'year' });
  const customerId = made.customer.customer_id;
  await billing.tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  Object.assign(api.bindings, { STRIPE_TAX: 'on' });
  await goTo(end + 21 * minute);
  expect(await lastOf(customerId)).toMatchObject({ kind: 'usage', state: 'paid', taxCents: 0, totalCents: 500 });
});

it('an invoice of ours whose answer was lost before its subscription was taxed otherwise is looked for, not given up', {
  timeout,
}, async () => {
  const { customerId, sub, end } = await whoUses('year');
  await setAddress(customerId);
  await stripe.move(end + 21 * minute);
  await billing.tell();
  const made = carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
  const port = made.stripe as StripePort;
  const drafts: StripePort['drafts'] = {
    ...port.drafts,
    async create(...call) {
      await port.drafts.create(...call);
      await stripe.call(`/subscriptions/${sub}`, { 'automatic_tax[enabled]': 'false' });
      return { ok: false, error: { kind: 'unclear', code: 'timeout' } };
    },
  };
  await claimPeriods(contextNow(), false);
  await closePeriods(contextNow());
  await deliverOutbox({ ...made, stripe: { ...port, drafts } });
  expect(await lastOf(customerId)).toMatchObject({ kind: 'usage', stripeInvoiceId: null });
  for (const minutes of [2, 10, 60, 120]) await goTo(api.clock.now + minutes * minute);
  expect(await lastOf(customerId)).toMatchObject({ kind: 'usage', state: 'paid', ...taxed });
  const { customer } = await stripe.read<{ customer: string }>(`/subscriptions/${sub}`);
  const { data } = await stripe.read<{ data: unknown[] }>(`/invoices?customer=${customer}`);
  expect(data).toHaveLength(2);
});

describe('who buys with STRIPE_TAX=on, and types an address on the page,', { timeout }, () => {
  async function whoBuys() {
    Object.assign(api.bindings, { STRIPE_TAX: 'on' });
    const typed = { country: 'DE', postal_code: '10117' };
    const { made } = await paying('starter', {}, (page) => billing.payOnPage(page, typed));
    const customerId = made.customer.customer_id;
    await billing.tell();
    const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
    await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
    const first = await lastOf(customerId);
    const { customer } = await invoiceAtStripe(first.stripeInvoiceId);
    return { customerId, end, first, customer: String(customer) };
  }

  it('pays the tax of the fee at once, and of fee and usage with the renewal', async () => {
    const { customerId, end, first } = await whoBuys();
    const fee = Math.round(2900 * 1.19);
    expect(first).toMatchObject({ kind: 'cycle', state: 'paid', taxCents: fee - 2900, totalCents: fee });
    await goTo(end + 21 * minute);
    expect(await lastOf(customerId)).toMatchObject({ state: 'paid', taxCents: whole - 3400, totalCents: whole });
    expect(await mailsTo(customerId)).toBe(0);
  });

  it('and takes it away at Stripe has the next invoice wait; another one there alone has it finished, with its tax', async () => {
    const { customerId, end, customer } = await whoBuys();
    await stripe.call(`/customers/${customer}`, { address: '' });
    await goTo(end + 21 * minute);
    const stuck = await lastOf(customerId);
    expect(stuck).toMatchObject({ state: 'failed', finalizedAt: null });
    expect(await mailsTo(customerId)).toBe(1);
    await billing.tell();
    await stripe.call(`/customers/${customer}`, { 'address[country]': 'DE', 'address[line1]': 'x' });
    const news = await billing.news();
    expect(news.map(({ type }) => type)).toEqual(['customer.updated']);
    for (const event of news) expect(await billing.bring(event)).toBe(200);
    await billing.process();
    await goTo(api.clock.now + minute);
    expect(await lastOf(customerId)).toMatchObject({ id: stuck.id, state: 'paid', totalCents: whole });
    expect(await invoiceAtStripe(stuck.stripeInvoiceId)).toMatchObject({ status: 'paid', total: whole });
    expect(await mailsTo(customerId)).toBe(1);
  });
});
