/**
 * What was billed too much before the end goes back: by a credit note on the last paid invoice as far as it reaches, the rest as credit.
 * Whatever dies or is lost between any two steps, each cent goes back once, on one way.
 */
import { beforeAll, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { insertLines } from '../../../src/invoices/line-store.ts';
import * as invoiceStore from '../../../src/invoices/store.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { find, planForInvoice } from '../../../src/outbox/store.ts';
import { servicesOf } from '../../../src/services.ts';
import { carriersOf } from '../../../src/wiring.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { type Break, breaking, seeded } from '../../harness/worker/broken-stripe.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
const timeout = 60_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, payOnPage, tell, rowsOf } = billing;
const db = () => openDb(billing.control);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

/** A customer who has paid the first fee. */
async function whoPaid() {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const paidOn = (await rowsOf(customerId)).at(-1)?.stripeInvoiceId ?? '';
  expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 2900 });
  return { customerId, paidOn };
}

/** Orders that so much goes back, as bill-after-end.ts does. */
async function owe(customerId: string, cents: number, decided: Record<string, string | number> = {}) {
  const now = api.clock.now;
  const invoiceId = newId('invoice', cryptoRandom);
  const id = newId('outbox', cryptoRandom);
  const sums = { subtotalCents: -cents, totalCents: -cents, ratedAt: now, orderedAt: now, createdAt: now };
  await commit(db(), [
    invoiceStore.insert({ id: invoiceId, customerId, kind: 'delta', state: 'finalizing', ...sums, updatedAt: now }),
    ...insertLines(invoiceId, []),
    planForInvoice({ id, kind: 'stripe_credit', customerId, invoiceId, now }),
  ]);
  await billing.control
    .prepare('UPDATE outbox SET payload = json_patch(payload, ?) WHERE id = ?')
    .bind(JSON.stringify(decided), id)
    .run();
  return { invoiceId, id };
}

async function deliver(next: () => Break = () => 'none'): Promise<void> {
  const made = carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
  await deliverOutbox({ ...made, stripe: made.stripe && breaking(made.stripe, next) });
}

const notesOn = async (invoice: string) =>
  (await stripe.read<{ data: { amount: number }[] }>(`/credit_notes?invoice=${invoice}&limit=100`)).data.map(
    ({ amount }) => amount,
  );
async function creditOf(customerId: string) {
  const answer = await api.call('GET', `/api/customers/${customerId}/credits`, { token: rootToken });
  const { items } = (await answer.json()) as {
    items: { kind: string; amount_cents: number; invoice_id: string | null }[];
  };
  return items.map(({ kind, amount_cents, invoice_id }) => `${kind} ${amount_cents} ${invoice_id}`);
}

/** By its id: invoices of one instant stand in no order. */
const rowOf = async (customerId: string, invoiceId: string) =>
  (await rowsOf(customerId)).find(({ id }) => id === invoiceId);

it('goes on the last paid invoice as far as it reaches, and what it does not reach is credit', {
  timeout,
}, async () => {
  const { customerId, paidOn } = await whoPaid();
  const { invoiceId } = await owe(customerId, 5000);
  await deliver();
  expect(await notesOn(paidOn)).toEqual([2900]);
  expect(await creditOf(customerId)).toEqual([`grant 2100 ${invoiceId}`]);
  expect(await rowOf(customerId, invoiceId)).toMatchObject({ state: 'paid', totalCents: -5000 });
  const again = await owe(customerId, 70);
  await deliver();
  expect(await notesOn(paidOn)).toEqual([2900]);
  expect(await creditOf(customerId)).toEqual([`grant 70 ${again.invoiceId}`, `grant 2100 ${invoiceId}`]);
});

it('is credit where Stripe takes no note of what was decided', { timeout }, async () => {
  const { customerId, paidOn } = await whoPaid();
  await stripe.call('/credit_notes', { invoice: paidOn, amount: '2000', credit_amount: '2000' });
  const { invoiceId } = await owe(customerId, 1500, { note_on: paidOn, note_cents: 1500, credit_cents: 0 });
  await deliver();
  expect(await notesOn(paidOn)).toEqual([2000]);
  expect(await creditOf(customerId)).toEqual([`grant 1500 ${invoiceId}`]);
  expect((await rowOf(customerId, invoiceId))?.state).toBe('paid');
});

it('has the tax that was paid on it where that was on top, until all of the invoice is given back', {
  timeout,
}, async () => {
  Object.assign(api.bindings, { STRIPE_TAX: 'on' });
  const inGermany = { country: 'DE', postal_code: '10117' };
  const { made } = await paying('starter', {}, (page) => payOnPage(page, inGermany));
  Object.assign(api.bindings, { STRIPE_TAX: undefined });
  const customerId = made.customer.customer_id;
  await tell();
  const paid = (await rowsOf(customerId)).at(-1);
  expect(paid).toMatchObject({ state: 'paid', taxCents: 551, totalCents: 3451 });
  const paidOn = paid?.stripeInvoiceId ?? '';
  const { customer } = await stripe.read<{ customer: string }>(`/invoices/${paidOn}`);
  const balance = async () => (await stripe.read<{ balance: number }>(`/customers/${customer}`)).balance;

  await owe(customerId, 1000);
  await deliver();
  const { data: notes } = await stripe.read<{ data: object[] }>(`/credit_notes?invoice=${paidOn}`);
  expect(notes).toMatchObject([{ amount: 1190, total_excluding_tax: 1000 }]);
  expect(await balance()).toBe(-1190);
  expect(await creditOf(customerId)).toEqual([]);

  // 1,900 before tax are left of the invoice, and the rest is credit, which is taken off before tax.
  const { invoiceId } = await owe(customerId, 5000);
  await deliver();
  expect(await notesOn(paidOn)).toEqual([2261, 1190]);
  expect(await balance()).toBe(-3451);
  expect(await creditOf(customerId)).toEqual([`grant 3100 ${invoiceId}`]);
});

const breaks: readonly Break[] = ['lost_call', 'lost_answer', 'killed_before', 'killed_after'];

it.each([1, 2, 4])(
  'each cent goes back once through deaths and lost answers, in order %i',
  { timeout },
  async (seed) => {
    const random = seeded(seed);
    const { customerId, paidOn } = await whoPaid();
    const owed = seed % 2 === 0 ? 3333 : 1200;
    const { id, invoiceId } = await owe(customerId, owed);
    const next = () => (random() < 0.6 ? (breaks[Math.floor(random() * breaks.length)] as Break) : 'none');
    for (let round = 0; round < 8; round++) {
      await Promise.all([deliver(next), deliver(next)]);
      await stripe.move(api.clock.now + Math.ceil(random() * 40) * minute);
    }
    for (let round = 0; round < 4; round++) {
      await stripe.move(api.clock.now + 70 * minute);
      await deliver();
    }
    expect((await find(db(), id))?.state).toBe('confirmed');
    expect(await notesOn(paidOn)).toEqual([Math.min(owed, 2900)]);
    expect(await creditOf(customerId)).toEqual(owed > 2900 ? [`grant ${owed - 2900} ${invoiceId}`] : []);
  },
);
