/** What changes after the closing invoice is proven by a statement of its own, of the months that it is of; what is too old is written off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { claimPeriods } from '../../../src/workflows/billing/claim-periods.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, periodsOf, show, contextNow } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

/** A customer who has left in the first month, with 100 core-hours above what is included. */
async function whoLeft(settings: object = {}) {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await api.call('PUT', `/api/customers/${customerId}/billing`, { token: rootToken, body: settings });
  await billing.tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  await goTo(end - 10 * day);
  await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
  await goTo(api.clock.now + minute);
  await goTo(api.clock.now + 2 * hour);
  return { customerId, edge, end };
}
const lastOf = async (customerId: string) => (await rowsOf(customerId)).at(-1) as InvoiceRow;
const atNextHour = () => goTo(Math.ceil((api.clock.now + minute) / hour) * hour);
const atNextDay = () => goTo(Math.ceil((api.clock.now + minute) / day) * day);

async function verdictOf({ id }: InvoiceRow) {
  await signStatements(contextNow());
  expect((await show(id)).statement).toBe(true);
  const file = await api.call('GET', `/api/invoices/${id}/statement`, { token: rootToken });
  expect(file.status).toBe(200);
  return await verifyStatement(new Uint8Array(await file.arrayBuffer()), null);
}

it('a difference that is billed, and one that goes back, are proven: billed before and it are what is rated now', {
  timeout,
}, async () => {
  const { customerId, edge, end } = await whoLeft();
  await uses(customerId, edge + 30 * hour, 20);
  await atNextHour();
  const more = await lastOf(customerId);
  expect(more).toMatchObject({ kind: 'delta', state: 'paid', totalCents: 100 });
  const proven = await verdictOf(more);
  expect(proven).toMatchObject({
    outcome: 'right',
    findings: [],
    facts: { total_cents: 100, windows: 2, period: { end: new Date(end).toISOString() } },
  });
  expect(proven.lines).toMatchObject([{ amount_cents: 100, state: 'right' }]);
  await billing.shard
    .prepare('DELETE FROM windows WHERE window_end = ?')
    .bind(edge + 30 * hour)
    .run();
  await atNextDay();
  const back = await lastOf(customerId);
  expect(back).toMatchObject({ kind: 'delta', state: 'paid', totalCents: -100 });
  expect(await verdictOf(back)).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: -100 } });
});

it('of a month that ended more than 62 days ago what would be owed is written off, and what is owed goes back', {
  timeout,
}, async () => {
  const { customerId, edge, end } = await whoLeft();
  await goTo(end + 61 * day);
  await uses(customerId, edge + 30 * hour, 200, end + 63 * day);
  await stripe.move(end + 63 * day + 30 * minute);
  await atNextHour();
  const off = await lastOf(customerId);
  expect(off).toMatchObject({ kind: 'delta', state: 'uncollectible', totalCents: 1000, stripeInvoiceId: null });
  expect(await costs(off.id)).toEqual(['cpu_core_ms 1000 rejected']);
  await atNextHour();
  expect((await lastOf(customerId)).id).toBe(off.id);
  await billing.shard
    .prepare('DELETE FROM windows WHERE window_end = ?')
    .bind(edge + 10 * hour)
    .run();
  await atNextDay();
  const back = await lastOf(customerId);
  expect(back.totalCents).toBeLessThan(0);
  expect(back).toMatchObject({ kind: 'delta', state: 'paid' });
});

it('a difference takes prepaid credit, as any invoice of ours', { timeout }, async () => {
  const { customerId, edge } = await whoLeft();
  const body = { amount_cents: 60, reason: 'a gift' };
  expect((await api.call('POST', `/api/customers/${customerId}/credits`, { token: rootToken, body })).status).toBe(201);
  await uses(customerId, edge + 30 * hour, 20);
  await atNextHour();
  const more = await lastOf(customerId);
  expect(more).toMatchObject({ kind: 'delta', state: 'paid', subtotalCents: 100, creditCents: 60, totalCents: 40 });
  expect((await costs(more.id)).toSorted()).toEqual(['cpu_core_ms 100 billed', 'credit -60 billed']);
  expect(await billing.invoiceAtStripe(more.stripeInvoiceId)).toMatchObject({ status: 'paid', total: 40 });
  const credits = await api.call('GET', `/api/customers/${customerId}/credits`, { token: rootToken });
  expect(await credits.json()).toMatchObject({ balance_cents: 0, items: [{ kind: 'apply', invoice_id: more.id }, {}] });
  expect(await verdictOf(more)).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: 40 } });
});

describe('a difference above HOLD_LINE_CENTS', { timeout }, () => {
  beforeAll(() => void Object.assign(api.bindings, { HOLD_LINE_CENTS: '700' }));
  afterAll(() => void Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined }));
  async function whoOwes() {
    const { customerId, edge } = await whoLeft();
    await uses(customerId, edge + 30 * hour, 200);
    await atNextHour();
    const held = await lastOf(customerId);
    expect(held).toMatchObject({ kind: 'delta', state: 'held', holdReason: 'approval', stripeInvoiceId: null });
    expect(await costs(held.id)).toEqual(['cpu_core_ms 1000 held']);
    const holds = await api.call('GET', `/api/invoices/holds?customer_id=${customerId}`, { token: rootToken });
    const { items } = (await holds.json()) as { items: HeldLineView[] };
    expect(items).toMatchObject([{ invoice_id: held.id, why: { limit_cents: 700 } }]);
    const release = async () => {
      const body = { reason: 'looked at it' };
      const path = `/api/invoices/holds/${items[0]?.hold_id}/release`;
      expect((await api.call('POST', path, { token: rootToken, body })).status).toBe(200);
    };
    return { customerId, edge, held, release };
  }

  it('waits for approval, and is billed then', async () => {
    const { customerId, held, release } = await whoOwes();
    await atNextHour();
    expect((await rowsOf(customerId)).map(({ id }) => id)).toContain(held.id);
    expect((await lastOf(customerId)).state).toBe('held');
    await release();
    await goTo(api.clock.now + minute);
    const billed = await lastOf(customerId);
    expect(billed).toMatchObject({ id: held.id, state: 'paid', totalCents: 1000 });
    expect(await verdictOf(billed)).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: 1000 } });
  });

  it('does not go at its deadline, and comes on an invoice of its own once it is approved', async () => {
    const { customerId, held, release } = await whoOwes();
    await goTo(api.clock.now + 6 * hour);
    const without = await lastOf(customerId);
    expect(without).toMatchObject({ id: held.id, state: 'paid', totalCents: 0, stripeInvoiceId: null });
    expect(await costs(held.id)).toEqual(['cpu_core_ms 1000 held']);
    expect(await verdictOf(without)).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: 0 } });
    await release();
    await atNextHour();
    const billed = await lastOf(customerId);
    expect(billed).toMatchObject({ kind: 'delta', state: 'paid', totalCents: 1000 });
    expect(billed.id).not.toBe(held.id);
    expect(await verdictOf(billed)).toMatchObject({ outcome: 'right', findings: [], facts: { total_cents: 1000 } });
  });

  it('goes without what waits at its deadline: the rest of it is too little, and written off', async () => {
    const { customerId, edge, end } = await whoLeft();
    await uses(customerId, edge + 30 * hour, 200);
    // The hour after it: 104 GB sent, of which 100 are included.
    await billing.shard
      .prepare(
        `INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete, gap_ms, missing, network_sent_bytes)
        SELECT customer_seq, window_end + ?, reporter_seq, project_seq, seconds, revision, accepted_at, 1, 0, 0, ? FROM windows
        WHERE customer_seq = ? AND window_end = ?`,
      )
      .bind(hour, 104 * 2 ** 30, (await billing.keysOf(customerId)).customerSeq, edge + 30 * hour)
      .run();
    await atNextHour();
    const held = await lastOf(customerId);
    expect((await costs(held.id)).toSorted()).toEqual(['cpu_core_ms 1000 held', 'network_sent_bytes 40 planned']);
    await goTo(api.clock.now + 6 * hour);
    const off = await lastOf(customerId);
    expect(off).toMatchObject({ id: held.id, state: 'uncollectible', totalCents: 40, stripeInvoiceId: null });
    expect((await costs(off.id)).toSorted()).toEqual(['cpu_core_ms 1000 held', 'network_sent_bytes 40 rejected']);
    expect(api.clock.now).toBeLessThan(end);
  });
});

it('a difference of a year that Stripe has ended a while after its last month had an invoice is billed, too', {
  timeout,
}, async () => {
  const { made, id } = await paying('starter', { interval: 'year' });
  const customerId = made.customer.customer_id;
  await billing.ask('cancel', made);
  const end = (await billing.subscriptionOf(made)).cancel_at;
  const endsAt = Date.parse(end ?? '');
  await goTo(endsAt - 10 * day);
  await billing.refresh(id);
  const { start } = (await periodsOf(customerId)).at(-1) ?? { start: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (endsAt - start) / hour + 100);
  await goTo(endsAt - minute);
  // The Worker's clock alone: at Stripe the subscription still runs.
  api.clock.now = endsAt + minute;
  await claimPeriods(contextNow(), false);
  expect(await lastOf(customerId)).toMatchObject({ kind: 'usage', state: 'draft', periodEnd: endsAt });
  await goTo(endsAt + 2 * hour);
  expect(await billing.subscriptionOf(made)).toMatchObject({ status: 'canceled' });
  expect(await lastOf(customerId)).toMatchObject({ kind: 'usage', state: 'paid', totalCents: 500 });
  await uses(customerId, edge + 30 * hour, 20);
  await atNextHour();
  expect(await lastOf(customerId)).toMatchObject({ kind: 'delta', state: 'paid', totalCents: 100 });
  await atNextDay();
  expect(await lastOf(customerId)).toMatchObject({ kind: 'delta', totalCents: 100 });
});

it('who pays by invoice has the days that were agreed for invoices of ours, too', { timeout }, async () => {
  const { customerId } = await whoLeft({ collection: 'invoice', net_days: 14 });
  const closing = await lastOf(customerId);
  expect(closing).toMatchObject({ kind: 'closing', state: 'open' });
  expect((closing.dueAt ?? 0) - (closing.finalizedAt ?? 0)).toBe(14 * day);
});
