/** Invoices over months, at the stand-in: what was used is billed to the cent, once, whatever comes late, and also after the end. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, atStripe, invoiceAtStripe, show, periodsOf } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

/** Starter has one core for each hour: of 31 days 744 core-hours. */
const coreCents = 5;
const includedOf = (start: number, end: number): number => (end - start) / hour;

/** A customer at the end of the first paid month, with so many core-hours above what is included. */
async function month(above: number, body: Record<string, unknown> = {}) {
  const { made, id } = await paying('starter', body);
  const customerId = made.customer.customer_id;
  await billing.tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, includedOf(start, end) + above, start + 12 * hour);
  return { customerId, made, sub: id, start, end };
}

describe('a renewal', { timeout }, () => {
  it('has the usage of the month that ended, to the cent, and is finalised as soon as the month is complete', async () => {
    const { customerId, end } = await month(100);
    await goTo(end + 5 * minute);
    const [first, draft] = await rowsOf(customerId);
    expect(first).toMatchObject({ kind: 'cycle', state: 'paid', periodStart: null, totalCents: 2900 });
    expect(draft).toMatchObject({ kind: 'cycle', state: 'held', holdReason: 'incomplete', periodEnd: end });
    const look = await api.call('POST', `/api/invoices/${draft?.id}/finalize?preview=true`, {
      token: rootToken,
      body: {},
    });
    const { invoice: preview } = (await look.json()) as { invoice: InvoiceView };
    expect(preview.lines.filter(({ amount_cents }) => amount_cents !== 0)).toMatchObject([
      { meter: 'cpu_core_ms', amount_cents: 100 * coreCents, by: 'tenantry' },
    ]);
    expect((await rowsOf(customerId)).at(-1)).toEqual(draft);
    const kept = await billing.shard
      .prepare('SELECT count(*) AS n FROM statement_parts WHERE invoice_id = ?')
      .bind(draft?.id ?? '')
      .first<{ n: number }>();
    expect(kept).toEqual({ n: 0 });
    await goTo(end + 21 * minute);
    const [, bill] = await rowsOf(customerId);
    expect(bill).toMatchObject({
      state: 'paid',
      late: false,
      totalCents: 2900 + 100 * coreCents,
      ratedAt: api.clock.now,
    });
    expect(await costs(bill?.id ?? '')).toEqual([`cpu_core_ms ${100 * coreCents} billed`]);
    expect(await invoiceAtStripe(bill?.stripeInvoiceId ?? '')).toMatchObject({ status: 'paid', total: 3400 });
    const shown = await show(bill?.id ?? '');
    expect(shown.lines.filter(({ by }) => by === 'stripe')).toMatchObject([{ meter: 'base_fee', amount_cents: 2900 }]);
    expect(shown.lines.find(({ meter }) => meter === 'cpu_core_ms')?.reason).toContain('included');
    const drift = await api.call('GET', '/api/drift?kind=amount', { token: rootToken });
    expect(await drift.json()).toMatchObject({ total: 0 });
  });

  it('next month has what came late, less what was billed, and names the month', async () => {
    const { customerId, start, end } = await month(10);
    await goTo(end + 21 * minute);
    const [, bill] = await rowsOf(customerId);
    expect(bill).toMatchObject({ state: 'paid', totalCents: 2900 + 50 });
    await uses(customerId, Math.ceil(start / hour) * hour + 20 * hour, 7);
    const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
    await goTo(next + 21 * minute);
    const third = (await rowsOf(customerId)).at(-1);
    expect(third).toMatchObject({ state: 'paid', totalCents: 2900 + 35 });
    const corrected = (await show(third?.id ?? '')).lines.find(({ delta_of }) => delta_of !== null);
    expect(corrected).toMatchObject({
      delta_of: bill?.id,
      amount_cents: 35,
      period: { start: new Date(start).toISOString() },
    });
  });

  it('goes at its deadline without what is missing, says so, and the rest comes next month', async () => {
    const { customerId, end } = await month(10);
    await billing.expects(customerId, end - 5 * hour);
    await goTo(end + 21 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'held', holdReason: 'incomplete' });
    await goTo(end + 6 * hour - 14 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', late: true, totalCents: 2950 });
    expect(api.logs.some(({ message }) => message === 'an invoice goes without all of its usage')).toBe(true);
  });
});

describe('after the end', { timeout }, () => {
  it('the last usage is on a closing invoice, once', async () => {
    const { customerId, end, sub } = await month(100);
    await goTo(end - 10 * day);
    const gone = await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
    expect(gone.status).toBe(200);
    await goTo(api.clock.now + minute);
    await goTo(api.clock.now + 2 * hour);
    const closing = (await rowsOf(customerId)).at(-1);
    expect(closing).toMatchObject({ kind: 'closing', state: 'paid', totalCents: 500, late: false });
    expect(await atStripe(closing?.stripeInvoiceId ?? null)).toMatchObject([{ amount: 500 }]);
    expect((await stripe.read(`/subscriptions/${sub}`))['status']).toBe('canceled');
    await goTo(api.clock.now + 3 * day);
    expect((await rowsOf(customerId)).filter(({ kind }) => kind !== 'cycle')).toHaveLength(1);
  });

  it('what changes then has an invoice of its own, is written off, or is given back', async () => {
    const { customerId, start, end } = await month(100);
    await goTo(end - 10 * day);
    await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
    await goTo(api.clock.now + minute);
    await goTo(api.clock.now + 2 * hour);
    const at = Math.ceil(start / hour) * hour + 30 * hour;
    const atNextHour = async () => goTo(Math.ceil((api.clock.now + minute) / hour) * hour);
    await uses(customerId, at, 20);
    await atNextHour();
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ kind: 'delta', state: 'paid', totalCents: 100 });
    await uses(customerId, at + hour, 2);
    await atNextHour();
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ kind: 'delta', state: 'uncollectible', totalCents: 10 });
    // A person has voided both windows: nothing of it was accepted, and the look once a day finds it.
    await billing.shard
      .prepare('DELETE FROM windows WHERE window_end IN (?, ?)')
      .bind(at, at + hour)
      .run();
    await billing.shard.prepare('INSERT OR IGNORE INTO dirty_days SELECT customer_seq, day FROM daily').run();
    await atNextHour();
    expect(await rowsOf(customerId)).toHaveLength(4);
    await goTo(Math.ceil(api.clock.now / day) * day);
    const back = (await rowsOf(customerId)).at(-1);
    expect(back).toMatchObject({ kind: 'delta', state: 'paid', totalCents: -110 });
    await atNextHour();
    expect((await rowsOf(customerId)).at(-1)?.id).toBe(back?.id);
  });
});

describe('a yearly subscription', { timeout }, () => {
  it('has an invoice of ours for each month’s usage', async () => {
    const { customerId, end } = await month(40, { interval: 'year' });
    await goTo(end + 5 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ kind: 'usage', state: 'held' });
    await goTo(end + 21 * minute);
    const bill = (await rowsOf(customerId)).at(-1);
    expect(bill).toMatchObject({ kind: 'usage', state: 'paid', totalCents: 200 });
    expect(await invoiceAtStripe(bill?.stripeInvoiceId ?? null)).toMatchObject({ status: 'paid', total: 200 });
  });
});
