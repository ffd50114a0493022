/**
 * Usage that is not to be billed: switched off (USAGE_BILLING), or in shadow. Nothing of it goes to Stripe, what was computed so is not
 * billed later, and nothing else is lost.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { openPeriods } from '../../../src/workflows/subscriptions/open-periods.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, periodsOf, tell } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const post = async (path: string, body: object) => {
  const answer = await api.call('POST', `/api/${path}`, { token: rootToken, body });
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
};
const ways = {
  async off(isOn: boolean) {
    Object.assign(api.bindings, { USAGE_BILLING: isOn ? 'off' : undefined });
    // The same environment is parsed once, and a request has one of its own.
    expect((await api.call('GET', '/api/billing-brake', { token: rootToken })).status).toBe(200);
  },
  async shadow(isOn: boolean) {
    const body = { mode: isOn ? 'shadow' : 'live', reason: 'a test' };
    expect((await api.call('PUT', '/api/billing-brake', { token: rootToken, body })).status).toBe(200);
  },
};
afterEach(async () => {
  await ways.off(false);
  await ways.shadow(false);
  Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
});

/** A customer in the first paid month. */
async function whoPays(body: Record<string, unknown> = {}) {
  const { made, id: sub } = await paying('starter', body);
  const customerId = made.customer.customer_id;
  await tell();
  const { customer } = await stripe.read<{ customer: string }>(`/subscriptions/${sub}`);
  return { customerId, customer };
}
/** So many core-hours above what is included in the running period. @returns an hour of it in which nothing was used, and its end */
async function usesAbove(customerId: string, above: number) {
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + above, start + 12 * hour);
  return { free: edge + 20 * hour, end };
}
/** The running period ends, and its invoice is made, and goes at its deadline at the latest. */
async function nextOf(customerId: string): Promise<InvoiceRow> {
  const { end } = (await periodsOf(customerId)).at(-1) ?? { end: 0 };
  await goTo(end + 2 * minute);
  await openPeriods(billing.contextNow());
  await goTo(end + 21 * minute);
  await goTo(end + 7 * hour);
  return (await rowsOf(customerId)).at(-1) as InvoiceRow;
}
/** What Stripe has of the customer: totals of invoices, oldest first. */
async function totalsAt(customer: string): Promise<number[]> {
  const { data } = await stripe.read<{ data: { total: number }[] }>(`/invoices?customer=${customer}&limit=100`);
  return data.map(({ total }) => total).toReversed();
}
async function leaves(customerId: string): Promise<void> {
  await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
  await goTo(api.clock.now + minute);
  await goTo(api.clock.now + 2 * hour);
}
const atNextDay = () => goTo(Math.ceil((api.clock.now + minute) / day) * day);
const balanceOf = async (customerId: string) => {
  const credits = await api.call('GET', `/api/customers/${customerId}/credits`, { token: rootToken });
  return ((await credits.json()) as { balance_cents: number }).balance_cents;
};

describe.each(['off', 'shadow'] as const)('%s', { timeout }, (way) => {
  it('two renewals go with their fee alone; on again, what changes is billed, and no more', async () => {
    const { customerId, customer } = await whoPays();
    await ways[way](true);
    await post(`customers/${customerId}/credits`, { amount_cents: 1000, reason: 'a gift' });
    const { free } = await usesAbove(customerId, 100);
    const first = await nextOf(customerId);
    expect(first).toMatchObject({ kind: 'cycle', state: 'paid', shadow: true, late: false, totalCents: 2900 });
    expect(await costs(first.id)).toEqual(['cpu_core_ms 500 planned']);
    await usesAbove(customerId, 60);
    const second = await nextOf(customerId);
    expect(second).toMatchObject({ state: 'paid', shadow: true, creditCents: 0, totalCents: 2900 });
    expect(await totalsAt(customer)).toEqual([2900, 2900, 2900]);
    expect(await balanceOf(customerId)).toBe(1000);
    await ways[way](false);
    await uses(customerId, free, 7);
    await usesAbove(customerId, 20);
    const third = await nextOf(customerId);
    expect(third).toMatchObject({ state: 'paid', shadow: false, subtotalCents: 2900 + 35 + 100, creditCents: 1000 });
    expect((await costs(third.id)).toSorted()).toEqual([
      'cpu_core_ms 100 billed',
      'cpu_core_ms 35 billed',
      'credit -1000 billed',
    ]);
    expect(await nextOf(customerId)).toMatchObject({ totalCents: 2900 });
  });

  it('a month of a yearly subscription, the last period and what changes after it have no invoice at Stripe', async () => {
    const { customerId, customer } = await whoPays({ interval: 'year' });
    const [fee] = await totalsAt(customer);
    await ways[way](true);
    await usesAbove(customerId, 100);
    const month = await nextOf(customerId);
    const nowhere = { shadow: true, state: 'uncollectible', stripeInvoiceId: null };
    expect(month).toMatchObject({ kind: 'usage', totalCents: 500, ...nowhere });
    const { free } = await usesAbove(customerId, 60);
    await goTo(free + day);
    await leaves(customerId);
    const closing = (await rowsOf(customerId)).at(-1);
    expect(closing).toMatchObject({ kind: 'closing', totalCents: 300, ...nowhere });
    await uses(customerId, free, 40);
    await atNextDay();
    expect((await rowsOf(customerId)).at(-1)?.id).toBe(closing?.id);
    expect(await totalsAt(customer)).toEqual([fee]);
    await ways[way](false);
    await atNextDay();
    const delta = (await rowsOf(customerId)).at(-1);
    expect(delta).toMatchObject({ kind: 'delta', state: 'paid', totalCents: 200 });
    await atNextDay();
    expect(await totalsAt(customer)).toEqual([fee, 200]);
  });

  it('a line that was approved waits until it is on again', async () => {
    const { customerId } = await whoPays();
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    await usesAbove(customerId, 100);
    const without = await nextOf(customerId);
    expect(without).toMatchObject({ state: 'paid', totalCents: 2900 });
    const holds = await api.call('GET', `/api/invoices/holds?customer_id=${customerId}`, { token: rootToken });
    const { items } = (await holds.json()) as { items: HeldLineView[] };
    await post(`invoices/holds/${items[0]?.hold_id}/release`, { reason: 'looked at it' });
    await ways[way](true);
    expect(await nextOf(customerId)).toMatchObject({ state: 'paid', totalCents: 2900 });
    expect(await costs(without.id)).toEqual(['cpu_core_ms 500 released']);
    await ways[way](false);
    expect(await nextOf(customerId)).toMatchObject({ state: 'paid', totalCents: 3400 });
  });
});
