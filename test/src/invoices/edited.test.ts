/** What somebody changes at Stripe on a draft that waits: of ours it is said, and nothing is billed twice or lost; others' lines stay theirs. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { DriftView } from '../../../src/contracts/drift.ts';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
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
const { paying, goTo, uses, rowsOf, costs, atStripe, periodsOf, show, tell } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

afterEach(async () => {
  Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
  await stripe.heal();
});

/** A customer in the first paid month, who has used 500 cents above what is included. */
async function month() {
  const { made, id: sub } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  return { customerId, made, sub, end };
}
const lastOf = async (customerId: string) => (await rowsOf(customerId)).at(-1) as InvoiceRow;

/** The draft with our lines on it, which Stripe cannot finalise for now. */
async function finalizing() {
  const { customerId, end } = await month();
  await stripe.door('/faults', { kind: '500', match: { method: 'POST', path: '/v1/invoices/:id/finalize' } });
  await goTo(end + 21 * minute);
  const draft = await lastOf(customerId);
  expect(draft).toMatchObject({ state: 'finalizing' });
  const ours = (await linesAt(draft)).find(({ metadata }) => metadata['tenantry_line'] !== undefined);
  expect(ours).toMatchObject({ amount: 500 });
  return { customerId, draft, line: ours?.id ?? '', mark: ours?.metadata['tenantry_line'] ?? '' };
}
/** Stripe answers again. */
async function finalized(customerId: string): Promise<InvoiceRow> {
  await stripe.heal();
  for (let looks = 0; looks < 3; looks++) await goTo(api.clock.now + 20 * minute);
  return await lastOf(customerId);
}
/** The draft with none of our lines: the one that costs something waits for approval. */
async function held() {
  const { customerId, end } = await month();
  Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
  await goTo(end + 21 * minute);
  const draft = await lastOf(customerId);
  expect(draft).toMatchObject({ state: 'held', holdReason: 'approval' });
  return { customerId, draft };
}
async function released({ id, customerId }: InvoiceRow): Promise<InvoiceRow> {
  const holds = await api.call('GET', `/api/invoices/holds?invoice_id=${id}`, { token: rootToken });
  const { items } = (await holds.json()) as { items: HeldLineView[] };
  const path = `/api/invoices/holds/${items[0]?.hold_id}/release`;
  expect((await api.call('POST', path, { token: rootToken, body: { reason: 'looked at it' } })).status).toBe(200);
  await goTo(api.clock.now + minute);
  return await lastOf(customerId);
}

const linesAt = async ({ stripeInvoiceId }: InvoiceRow) =>
  (await atStripe(stripeInvoiceId)) as (Awaited<ReturnType<typeof atStripe>>[number] & { id: string })[];
const remove = ({ stripeInvoiceId }: InvoiceRow, line: string) =>
  stripe.call(`/invoices/${stripeInvoiceId}/remove_lines`, { 'lines[0][id]': line, 'lines[0][behavior]': 'delete' });
const add = ({ stripeInvoiceId }: InvoiceRow, fields: Record<string, string>) =>
  stripe.call(
    `/invoices/${stripeInvoiceId}/add_lines`,
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [`lines[0]${name}`, value])),
  );
async function nextOf(customerId: string): Promise<InvoiceRow> {
  await goTo(((await periodsOf(customerId)).at(-1)?.end ?? 0) + 21 * minute);
  return await lastOf(customerId);
}
/** What drift says of the customer's amounts. */
async function saidOf(customerId: string) {
  const drift = await api.call('GET', '/api/drift?kind=amount&limit=100', { token: rootToken });
  const { items } = (await drift.json()) as { items: DriftView[] };
  return items.filter(({ customer_id: id }) => id === customerId);
}
async function verdictOf({ id }: InvoiceRow) {
  await signStatements(billing.contextNow());
  const file = await api.call('GET', `/api/invoices/${id}/statement`, { token: rootToken });
  return await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
}

it('a line of ours that was changed is drift, and nothing of it is asked for again', { timeout }, async () => {
  const { customerId, draft, line, mark } = await finalizing();
  await remove(draft, line);
  await add(draft, { '[amount]': '450', '[description]': 'cheaper', '[metadata][tenantry_line]': mark });
  const bill = await finalized(customerId);
  expect(bill).toMatchObject({ id: draft.id, state: 'paid', late: false, totalCents: 3350 });
  expect(await saidOf(customerId)).toMatchObject([{ expected: '500 usd cents', found: '450 usd cents' }]);
  expect(await nextOf(customerId)).toMatchObject({ state: 'paid', totalCents: 2900 });
});

it('a line of ours that was removed comes on the next invoice, once', { timeout }, async () => {
  const { customerId, draft, line } = await finalizing();
  await remove(draft, line);
  const bill = await finalized(customerId);
  expect(bill).toMatchObject({ id: draft.id, state: 'paid', late: true, totalCents: 2900 });
  expect(await costs(bill.id)).toEqual([]);
  expect(await verdictOf(bill)).toMatchObject({ findings: [], facts: { total_cents: 2900 } });
  const next = await nextOf(customerId);
  expect(next).toMatchObject({ state: 'paid', late: false, totalCents: 3400 });
  expect(await costs(next.id)).toEqual(['cpu_core_ms 500 billed']);
  expect(await verdictOf(next)).toMatchObject({ findings: [], facts: { total_cents: 3400 } });
  expect(await nextOf(customerId)).toMatchObject({ state: 'paid', totalCents: 2900 });
  expect(await saidOf(customerId)).toEqual([]);
});

it('a line that somebody adds is on our copy by its name, and never ours', { timeout }, async () => {
  const { customerId, draft } = await held();
  await add(draft, { '[amount]': '1234', '[description]': 'Workshop' });
  const price = { '[price_data][currency]': 'usd', '[price_data][product_data][name]': 'Travel' };
  await add(draft, { ...price, '[price_data][unit_amount]': '700', '[description]': 'Travel' });
  const bill = await released(draft);
  expect(bill).toMatchObject({ state: 'paid', totalCents: 2900 + 500 + 1234 + 700 });
  const theirs = (await show(bill.id)).lines.filter(({ by }) => by === 'stripe');
  expect(theirs.map(({ meter, amount_cents }) => `${meter} ${amount_cents}`).toSorted()).toEqual([
    'base_fee 2900',
    'stripe 1234',
    'stripe 700',
  ]);
  expect(theirs.map(({ description }) => description)).toEqual(expect.arrayContaining(['Workshop', 'Travel']));
  expect(await costs(bill.id)).toEqual(['cpu_core_ms 500 billed']);
  expect(await verdictOf(bill)).toMatchObject({ findings: [], facts: { total_cents: 5334 } });
  expect(await nextOf(customerId)).toMatchObject({ state: 'paid', totalCents: 2900 });
  expect(await saidOf(customerId)).toEqual([]);
});

it('a fee that was removed is drift', { timeout }, async () => {
  const { customerId, draft } = await held();
  const fee = (await linesAt(draft)).find(({ amount }) => amount === 2900);
  await remove(draft, fee?.id ?? '');
  expect(await released(draft)).toMatchObject({ state: 'paid', totalCents: 500 });
  expect(await saidOf(customerId)).toMatchObject([
    { object_id: `${draft.stripeInvoiceId}/base_fee`, expected: '2900 usd cents', found: 'no fee' },
  ]);
});

it('the last invoice of a subscription that ends with its period has no fee, and that is right', {
  timeout,
}, async () => {
  const { customerId, sub, end } = await month();
  await stripe.call(`/subscriptions/${sub}`, { cancel_at_period_end: 'true' });
  const { customer } = await stripe.read<{ customer: string }>(`/subscriptions/${sub}`);
  await stripe.call('/invoiceitems', { customer, subscription: sub, amount: '300', currency: 'usd' });
  await goTo(end + minute);
  await goTo(end + 21 * minute);
  await goTo(end + 7 * hour);
  const cycle = (await rowsOf(customerId)).findLast(({ kind }) => kind === 'cycle');
  expect(cycle).toMatchObject({ state: 'paid', totalCents: 300 + 500 });
  expect(await saidOf(customerId)).toEqual([]);
});
