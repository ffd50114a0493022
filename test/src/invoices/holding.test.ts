/** What people hold back: lines that are too large, the brake of billing, and everything that waits for Stripe. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldLineView, InvoiceView } from '../../../src/contracts/invoices.ts';
import { iso } from '../../../src/lib/time.ts';
import { servicesOf } from '../../../src/services.ts';
import { witnessOf } from '../../../src/wiring.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { detectRestore } from '../../../src/workflows/delivery/detect-restore.ts';
import { continueDrift } from '../../../src/workflows/watching/run-drift.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, costs, periodsOf, tell, invoiceAtStripe, show } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

async function month(above: number) {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + above, start + 12 * hour);
  return { customerId, end };
}
const post = (path: string, body: object = { reason: 'looked at it' }) =>
  api.call('POST', `/api/${path}`, { token: rootToken, body });
const brake = (mode: string) =>
  api.call('PUT', '/api/billing-brake', { token: rootToken, body: { mode, reason: 'a test' } });
/** Our lines that cost something, each with what becomes of it. */
const statesOf = async (invoiceId = '') => {
  const ours = (await show(invoiceId)).lines.filter(({ by, amount_cents }) => by === 'tenantry' && amount_cents !== 0);
  return Object.fromEntries(ours.map(({ line_id, state }) => [line_id, state]));
};
const holdsBy = async (query: string) => {
  const held = await api.call('GET', `/api/invoices/holds?${query}`, { token: rootToken });
  return (await held.json()) as { items: HeldLineView[]; total: number };
};
const holdOf = async (customerId: string) => (await holdsBy(`customer_id=${customerId}`)).items[0];

describe('a line above HOLD_LINE_CENTS', { timeout }, () => {
  it('keeps its invoice waiting; approved it is on it, at once', async () => {
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'held', holdReason: 'approval' });
    const held = await holdOf(customerId);
    expect(held).toMatchObject({
      customer_id: customerId,
      state: 'held',
      line: { amount_cents: 500, state: 'held' },
      why: { limit_cents: 400, usual: null },
      held_at: iso(end + 21 * minute),
    });
    expect(await holdsBy(`invoice_id=${held?.invoice_id}`)).toMatchObject({ items: [held], total: 1 });
    expect(await holdsBy('invoice_id=inv_none')).toMatchObject({ items: [], total: 0 });
    expect(await statesOf(held?.invoice_id)).toEqual({ [held?.line.line_id ?? '']: 'held' });
    const preview = async () => {
      const seen = await post(`invoices/${held?.invoice_id}/finalize?preview=true`, {});
      return ((await seen.json()) as { invoice: InvoiceView }).invoice;
    };
    expect(await preview()).toMatchObject({ total_cents: 2900, amount_due_cents: 2900 });
    const path = `invoices/holds/${held?.hold_id}/release`;
    expect((await post(path)).status).toBe(200);
    expect(await (await post(path)).json()).toMatchObject({ code: 'line_not_held' });
    expect(await preview()).toMatchObject({ state: 'draft', subtotal_cents: 3400, total_cents: 3400 });
    expect(await show(held?.invoice_id ?? '')).toMatchObject({ state: 'held', total_cents: 0 });
    await goTo(api.clock.now + minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 3400 });
    expect(await statesOf(held?.invoice_id)).toEqual({ [held?.line.line_id ?? '']: 'billed' });
    expect(await holdsBy(`customer_id=${customerId}`)).toMatchObject({ items: [], total: 0 });
  });

  it('nobody decides about: the invoice goes without it at its deadline; rejected it never comes', async () => {
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    await goTo(end + 6 * hour - 14 * minute);
    const bill = (await rowsOf(customerId)).at(-1);
    expect(bill).toMatchObject({ state: 'paid', totalCents: 2900 });
    const held = await holdOf(customerId);
    expect((await post(`invoices/holds/${held?.hold_id}/reject`)).status).toBe(200);
    await goTo(((await periodsOf(customerId)).at(-1)?.end ?? 0) + 21 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 2900 });
    expect(await costs(bill?.id ?? '')).toEqual(['cpu_core_ms 500 rejected']);
    Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
  });
});

describe('the brake', { timeout }, () => {
  it('paused: a draft is kept open beyond its deadline, and goes when it is live again', async () => {
    expect((await brake('paused')).status).toBe(200);
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    const waiting = (await rowsOf(customerId)).at(-1);
    expect(waiting).toMatchObject({ state: 'held', holdReason: 'paused', ratedAt: null });
    const refused = await post(`invoices/${waiting?.id}/finalize`, {});
    expect(await refused.json()).toMatchObject({ code: 'billing_paused' });
    for (const hours of [4.5, 5, 7, 9]) await goTo(end + hours * hour);
    expect(await invoiceAtStripe(waiting?.stripeInvoiceId ?? null)).toMatchObject({ status: 'draft' });
    await brake('live');
    await goTo(api.clock.now + minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 3400 });
  });

  it.each([
    ['before our lines were sent', '/v1/invoices/:id/add_lines'],
    ['with our lines on it', '/v1/invoices/:id/finalize'],
  ])('paused: a draft that was on its way, %s, is kept open, too', async (_, path) => {
    const { customerId, end } = await month(100);
    await stripe.door('/faults', { kind: '500', match: { method: 'POST', path } });
    await goTo(end + 21 * minute);
    await stripe.heal();
    expect((await brake('paused')).status).toBe(200);
    const waiting = (await rowsOf(customerId)).at(-1);
    expect(waiting).toMatchObject({ orderedAt: expect.any(Number), finalizedAt: null });
    for (const hours of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) await goTo(end + hours * hour);
    expect(await invoiceAtStripe(waiting?.stripeInvoiceId ?? null)).toMatchObject({ status: 'draft' });
    await brake('live');
    await goTo(api.clock.now + hour);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 3400, late: false });
  });

  it('shadow: what would be billed is kept, Stripe gets nothing, and nothing of it is billed later', async () => {
    await brake('shadow');
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    const bill = (await rowsOf(customerId)).at(-1);
    expect(bill).toMatchObject({ state: 'draft', shadow: true });
    expect(await costs(bill?.id ?? '')).toEqual(['cpu_core_ms 500 planned']);
    await goTo(end + 7 * hour);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 2900, late: false });
    await brake('live');
    await goTo(((await periodsOf(customerId)).at(-1)?.end ?? 0) + 21 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 2900 });
  });
});

describe('after a restore', { timeout }, () => {
  it('the outbox shuts itself: the database lacks the newest entry of its log', async () => {
    const witness = witnessOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
    expect(await detectRestore(billing.contextNow(), witness)).toBe(false);
    expect(await detectRestore(billing.contextNow(), witness)).toBe(false);
    // As a database that was restored to a minute ago: an entry that it had is not there.
    await witness.see('aud_lost');
    expect(await detectRestore(billing.contextNow(), witness)).toBe(true);
    expect(api.logs.some(({ message }) => message.startsWith('the database was restored'))).toBe(true);
    expect(await (await post('outbox/open', { drift_id: 'drun_none' })).json()).toMatchObject({
      code: 'drift_required',
    });
    expect(await detectRestore(billing.contextNow(), witness)).toBe(false);
    await billing.control.prepare('DELETE FROM outbox_gate').run();
  });

  it('nothing goes to Stripe until a drift run that began after it has ended well', async () => {
    expect((await post('outbox/open', { drift_id: 'drun_none' })).status).toBe(409);
    const { customerId, end } = await month(100);
    await stripe.move(end + 21 * minute);
    await tell();
    await closePeriods(billing.contextNow());
    await post('outbox/shut');
    await goTo(api.clock.now + minute);
    const waits = await api.call('GET', '/api/outbox?state=shut', { token: rootToken });
    const { items } = (await waits.json()) as { items: { kind: string; subject: string }[] };
    // The renewal of another customer may wait beside it.
    expect(items.filter(({ subject }) => subject === customerId)).toMatchObject([{ kind: 'stripe_lines' }]);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'draft', orderedAt: expect.any(Number) });
    expect(await (await post('outbox/open', { drift_id: 'drun_none' })).json()).toMatchObject({
      code: 'drift_required',
    });
    const { run_id: run } = (await (await post('drift/run', {})).json()) as { run_id: string };
    for (let pages = 0; pages < 3; pages++) {
      await goTo(api.clock.now + minute);
      await continueDrift(billing.contextNow());
    }
    expect((await post('outbox/open', { drift_id: run })).status).toBe(200);
    await goTo(api.clock.now + minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 3400 });
  });

  it('nobody finalises a draft while the outbox is shut: it may have lines of ours that are not known here', async () => {
    const { customerId, end } = await month(100);
    await goTo(end + minute);
    await post('outbox/shut');
    const last = async () => (await rowsOf(customerId)).at(-1);
    const before = await last();
    expect(before).toMatchObject({ ratedAt: null, orderedAt: null });
    const refused = await post(`invoices/${before?.id}/finalize`, {});
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'billing_paused' }]);
    expect(await last()).toEqual(before);
    await billing.control.prepare('DELETE FROM outbox_gate').run();
    expect((await post(`invoices/${before?.id}/finalize`, {})).status).toBe(200);
    await goTo(api.clock.now + minute);
    expect(await last()).toMatchObject({ id: before?.id, state: 'paid', totalCents: 3400 });
  });
});

describe('a line that is held longer than its invoice waits', { timeout }, () => {
  it('approved when its invoice has gone: on that one it is not, on the next it is, and each says so', async () => {
    Object.assign(api.bindings, { HOLD_LINE_CENTS: '400' });
    const { customerId, end } = await month(100);
    await goTo(end + 21 * minute);
    await goTo(end + 6 * hour - 14 * minute);
    const held = await holdOf(customerId);
    expect(held).toMatchObject({ until: null, held_at: iso(end + 21 * minute) });
    const id = held?.line.line_id ?? '';
    expect(await statesOf(held?.invoice_id)).toEqual({ [id]: 'held' });
    expect((await post(`invoices/holds/${held?.hold_id}/release`)).status).toBe(200);
    expect(await statesOf(held?.invoice_id)).toEqual({ [id]: 'released' });
    const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
    await goTo(next + minute);
    const draft = (await rowsOf(customerId)).at(-1);
    const seen = await post(`invoices/${draft?.id}/finalize?preview=true`, {});
    const { invoice } = (await seen.json()) as { invoice: InvoiceView };
    const taken = `${id}/${held?.hold_id}`;
    expect(invoice.lines.find(({ line_id }) => line_id === taken)).toMatchObject({
      state: 'planned',
      delta_of: held?.invoice_id,
    });
    await goTo(next + 21 * minute);
    expect(await statesOf(draft?.id)).toEqual({ [taken]: 'billed' });
    Object.assign(api.bindings, { HOLD_LINE_CENTS: undefined });
  });
});
