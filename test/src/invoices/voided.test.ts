/** What is voided or deleted at Stripe is as if it had not been: its usage comes on the next invoice, once, and not after the end. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { openPeriods } from '../../../src/workflows/subscriptions/open-periods.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, periodsOf, tell, show } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});
afterEach(() => stripe.heal());

/** A customer in the first month who pays by invoice, so that it stays open, and has used 500 cents above what is included. */
async function month(body: Record<string, unknown> = {}) {
  const { made } = await paying('starter', body);
  const customerId = made.customer.customer_id;
  const settings = { collection: 'invoice', net_days: 14 };
  await api.call('PUT', `/api/customers/${customerId}/billing`, { token: rootToken, body: settings });
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  await goTo(start + 13 * hour);
  return { customerId, edge, end };
}
const lastOf = async (customerId: string) => (await rowsOf(customerId)).at(-1) as InvoiceRow;
async function nextOf(customerId: string): Promise<InvoiceRow> {
  const { end } = (await periodsOf(customerId)).at(-1) ?? { end: 0 };
  await goTo(end + 2 * minute);
  // Months of a yearly subscription are opened by cron.
  await openPeriods(billing.contextNow());
  await goTo(end + 21 * minute);
  return await lastOf(customerId);
}
/** Somebody voids it there. */
async function voided({ id, customerId, stripeInvoiceId }: InvoiceRow): Promise<void> {
  await stripe.call(`/invoices/${stripeInvoiceId}/void`, {});
  await goTo(api.clock.now + minute);
  expect((await rowsOf(customerId)).find((row) => row.id === id)?.state).toBe('void');
}
/** Our draft, of which Stripe has our lines and which it cannot finalise for now, is deleted there. */
async function deleted(row: InvoiceRow): Promise<void> {
  expect(row).toMatchObject({ state: 'finalizing', stripeInvoiceId: expect.any(String) });
  await stripe.remove(`/invoices/${row.stripeInvoiceId}`);
  await stripe.heal();
  await goTo(api.clock.now + minute);
  expect((await rowsOf(row.customerId)).find(({ id }) => id === row.id)?.state).toBe('void');
  await goTo(api.clock.now + 20 * minute);
}
const keepDrafts = () =>
  stripe.door('/faults', { kind: '500', match: { method: 'POST', path: '/v1/invoices/:id/finalize' } });
async function expectProven({ id }: InvoiceRow, totalCents: number): Promise<void> {
  await signStatements(billing.contextNow());
  const file = await api.call('GET', `/api/invoices/${id}/statement`, { token: rootToken });
  const verdict = await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
  expect(verdict).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: totalCents } });
}

describe('a renewal that was voided', { timeout }, () => {
  it('has its usage on the next one, with what changed of it meanwhile, once', async () => {
    const { customerId, edge } = await month();
    const first = await nextOf(customerId);
    expect(first).toMatchObject({ state: 'open', totalCents: 3400 });
    await voided(first);
    await uses(customerId, edge + 20 * hour, 7);
    const second = await nextOf(customerId);
    expect(second).toMatchObject({ kind: 'cycle', totalCents: 2900 + 500 + 35 });
    expect(await costs(second.id)).toEqual(['cpu_core_ms 535 billed']);
    expect((await show(second.id)).lines.filter(({ delta_of }) => delta_of !== null)).toEqual([]);
    await expectProven(second, 3435);
    expect(await nextOf(customerId)).toMatchObject({ totalCents: 2900 });
    expect((await rowsOf(customerId)).filter(({ kind }) => kind !== 'cycle')).toEqual([]);
  });

  it('voided 45 days after its period it still does; 65 days after it is not billed any more', async () => {
    const { customerId, end } = await month();
    const first = await nextOf(customerId);
    await nextOf(customerId);
    await goTo(end + 45 * day);
    await voided(first);
    const third = await nextOf(customerId);
    expect(third.createdAt - end).toBeLessThan(62 * day);
    expect(third).toMatchObject({ totalCents: 3400 });
    await goTo(end + 65 * day);
    await voided(third);
    expect(await nextOf(customerId)).toMatchObject({ totalCents: 2900 });
  });

  it('has what it corrected of an older month on the next one', async () => {
    const { customerId, edge } = await month();
    const first = await nextOf(customerId);
    await uses(customerId, edge + 20 * hour, 7);
    const second = await nextOf(customerId);
    expect(second).toMatchObject({ totalCents: 2935 });
    await voided(second);
    const third = await nextOf(customerId);
    expect(third).toMatchObject({ totalCents: 2935 });
    expect((await show(third.id)).lines.find(({ amount_cents }) => amount_cents === 35)?.delta_of).toBe(first.id);
    await expectProven(third, 2935);
    expect(await nextOf(customerId)).toMatchObject({ totalCents: 2900 });
  });
});

it('a draft of ours that was deleted there has its usage on the next one', { timeout }, async () => {
  const { customerId } = await month({ interval: 'year' });
  await keepDrafts();
  const draft = await nextOf(customerId);
  expect(draft).toMatchObject({ kind: 'usage' });
  await deleted(draft);
  expect((await lastOf(customerId)).id).toBe(draft.id);
  const next = await nextOf(customerId);
  expect(next).toMatchObject({ kind: 'usage', state: 'open', totalCents: 500 });
  expect(await costs(next.id)).toEqual(['cpu_core_ms 500 billed']);
  expect(await nextOf(customerId)).toMatchObject({ kind: 'usage', state: 'paid', totalCents: 0 });
});

describe('after the end', { timeout }, () => {
  /** The customer leaves, and cron has made the closing invoice. */
  async function left(customerId: string, end: number): Promise<InvoiceRow> {
    await goTo(end - 10 * day);
    await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
    await goTo(api.clock.now + minute);
    await goTo(api.clock.now + 2 * hour);
    return await lastOf(customerId);
  }
  const atNextDay = () => goTo(Math.ceil((api.clock.now + minute) / day) * day);
  const ownOf = async (customerId: string) => (await rowsOf(customerId)).filter(({ kind }) => kind !== 'cycle');

  it('a closing invoice that was voided is not made again; only what changes then is billed', async () => {
    const { customerId, edge, end } = await month();
    const closing = await left(customerId, end);
    expect(closing).toMatchObject({ kind: 'closing', state: 'open', totalCents: 500 });
    await voided(closing);
    await atNextDay();
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
    await uses(customerId, edge + 30 * hour, 20);
    // With the closing invoice void its period is open to its end, and a renewal that might come is waited for.
    await goTo(end + 3 * day);
    await atNextDay();
    const more = await lastOf(customerId);
    expect(more).toMatchObject({ kind: 'delta', state: 'open', totalCents: 100 });
    await voided(more);
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(2);
  });

  it('a closing draft that was deleted there is not made again', async () => {
    const { customerId, end } = await month();
    await keepDrafts();
    const closing = await left(customerId, end);
    expect(closing.kind).toBe('closing');
    await deleted(closing);
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
  });

  it('a renewal that was voided before it has its usage on the closing invoice', async () => {
    const { customerId } = await month();
    const first = await nextOf(customerId);
    await voided(first);
    const { end } = (await periodsOf(customerId)).at(-1) ?? { end: 0 };
    const closing = await left(customerId, end);
    expect(closing).toMatchObject({ kind: 'closing', state: 'open', totalCents: 500 });
    await expectProven(closing, 500);
    // The closing invoice has said it anew: the two are not both taken off what the month comes to.
    await atNextDay();
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
    await voided(closing);
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
  });

  it('a renewal that was voided, and whose usage the next one had, gives nothing back', async () => {
    const { customerId } = await month();
    await voided(await nextOf(customerId));
    expect(await nextOf(customerId)).toMatchObject({ totalCents: 3400 });
    const { end } = (await periodsOf(customerId)).at(-1) ?? { end: 0 };
    expect(await left(customerId, end)).toMatchObject({ kind: 'closing', totalCents: 0 });
    await atNextDay();
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
  });

  it('a renewal that was voided after it is not billed again', async () => {
    const { customerId } = await month();
    const first = await nextOf(customerId);
    const { end } = (await periodsOf(customerId)).at(-1) ?? { end: 0 };
    expect(await left(customerId, end)).toMatchObject({ kind: 'closing', totalCents: 0 });
    await voided(first);
    await atNextDay();
    await atNextDay();
    expect(await ownOf(customerId)).toHaveLength(1);
  });
});
