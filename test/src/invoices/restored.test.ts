/**
 * A control database that is restored has forgotten what Stripe has had since. What Stripe has of ours counts as billed: each line is there
 * once, whatever was lost here.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { InvariantResult } from '../../../src/drift/invariant-store.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { servicesOf } from '../../../src/services.ts';
import { carriersOf, witnessOf } from '../../../src/wiring.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { carryOut } from '../../../src/workflows/deed.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { detectRestore } from '../../../src/workflows/delivery/detect-restore.ts';
import { continueCatchUps, lookBack } from '../../../src/workflows/inbox/catch-up.ts';
import { processDue } from '../../../src/workflows/inbox/process-event.ts';
import { checkInvariants } from '../../../src/workflows/watching/check-invariants.ts';
import { continueDrift } from '../../../src/workflows/watching/run-drift.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { copyOf, putBack } from '../../harness/worker/restore.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { billingOf, day, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { control, paying, goTo, uses, rowsOf, costs, periodsOf, show, contextNow } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const post = (path: string, body: object) => api.call('POST', `/api/${path}`, { token: rootToken, body });
const witness = () => witnessOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));

/** A customer who uses 100 core-hours above what is included. */
async function month() {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await billing.tell();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const edge = Math.ceil(start / hour) * hour;
  await uses(customerId, edge + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
  return { customerId, edge, end };
}

/** Our lines at Stripe that cost something, of all of the customer's invoices that are not void, oldest first. */
async function billedAtStripe(customerId: string): Promise<number[]> {
  const id = await control.prepare('SELECT stripe_customer_id AS id FROM customers WHERE id = ?').bind(customerId);
  const customer = (await id.first<{ id: string }>())?.id;
  const { data } = await stripe.read<{ data: (Wire & { id: string; status: string })[] }>(
    `/invoices?customer=${customer}&limit=100`,
  );
  const cents: number[] = [];
  for (const { id: invoice } of data.filter(({ status }) => status !== 'void').toReversed()) {
    const ours = (await billing.atStripe(invoice)).filter(({ metadata }) => metadata['tenantry_line'] !== undefined);
    cents.push(...ours.map(({ amount }) => amount));
  }
  return cents;
}

/** The control database as it was then; what Stripe has told since is not told again by itself. */
async function restore(copied: Awaited<ReturnType<typeof copyOf>>): Promise<void> {
  await detectRestore(contextNow(), witness());
  await billing.tell();
  await putBack(control, copied);
  expect(await detectRestore(contextNow(), witness())).toBe(true);
}

/** What cron does about Stripe's events that have not come. */
async function catchUp(): Promise<void> {
  await lookBack(contextNow());
  const queue = { sendBatch: async () => {} } as unknown as Queue;
  while ((await continueCatchUps(contextNow(), queue)) > 0) await stripe.move(api.clock.now + minute);
  await processDue(contextNow);
}

/** A drift run to its end, and the outbox is opened by it. */
async function compareAndOpen(): Promise<void> {
  await goTo(api.clock.now + minute);
  const { run_id: run } = (await (await post('drift/run', {})).json()) as { run_id: string };
  while ((await continueDrift(contextNow())) !== null);
  expect((await post('outbox/open', { drift_id: run })).status).toBe(200);
}

async function brokenRules(): Promise<InvariantResult[]> {
  const done = await carryOut(contextNow(), () => checkInvariants(contextNow()));
  const about = ['invoices_are_frozen', 'invoices_without_usage_say_so', 'drafts_are_finalised'];
  return done.ok ? done.value.value.filter(({ name, ok }) => about.includes(name) && !ok) : [];
}

const ofPeriod = async (customerId: string, start: number) =>
  (await rowsOf(customerId)).filter(({ periodStart }) => periodStart === start) as InvoiceRow[];

describe('a renewal that Stripe has finalised with our lines', { timeout }, () => {
  it('restored to before its draft: its lines count as billed, and the next month is billed alone', async () => {
    const { customerId, edge, end } = await month();
    const start = (await periodsOf(customerId)).at(-1)?.start ?? 0;
    await goTo(end - hour);
    const copied = await copyOf(control);
    await goTo(end + minute);
    await goTo(end + 21 * minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'paid', totalCents: 3400 });
    await restore(copied);
    await catchUp();
    await compareAndOpen();
    const [bill] = await ofPeriod(customerId, start);
    expect(bill).toMatchObject({ kind: 'cycle', state: 'paid', totalCents: 3400, late: false });
    expect(await costs(bill?.id ?? '')).toEqual(['cpu_core_ms 500 billed']);
    expect(await show(bill?.id ?? '')).toMatchObject({ statement: false });
    // What comes late is the only thing of the month that the next invoice has.
    await uses(customerId, edge + 40 * hour, 20);
    const next = (await periodsOf(customerId)).at(-1)?.end ?? 0;
    await goTo(next + minute);
    await goTo(next + 21 * minute);
    expect(await billedAtStripe(customerId)).toEqual([500, 100]);
    expect(await brokenRules()).toEqual([]);
  });
});

describe('a draft that has our lines, and was not finalised', { timeout }, () => {
  it('restored to before they were fixed: a comparison shows them, and none comes on it again', async () => {
    const { customerId, end } = await month();
    await goTo(end + minute);
    const copied = await copyOf(control);
    await stripe.move(end + 21 * minute);
    await closePeriods(contextNow());
    const whole = carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
    const lost = async () => ({ ok: false as const, error: { kind: 'unclear' as const, code: 'timeout' } });
    const port = whole.stripe && { ...whole.stripe, drafts: { ...whole.stripe.drafts, finalize: lost } };
    await deliverOutbox({ ...whole, stripe: port });
    expect(await billedAtStripe(customerId)).toEqual([500]);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ state: 'finalizing' });
    await restore(copied);
    const draft = (await rowsOf(customerId)).at(-1);
    expect(draft).toMatchObject({ state: 'held', ratedAt: null });
    await compareAndOpen();
    await goTo(api.clock.now + minute);
    expect((await rowsOf(customerId)).at(-1)).toMatchObject({ id: draft?.id, state: 'paid', totalCents: 3400 });
    expect(await billedAtStripe(customerId)).toEqual([500]);
    expect(await brokenRules()).toEqual([]);
  });
});

describe('a closing invoice', { timeout }, () => {
  it.each([
    ['events that had not come', catchUp],
    ['a comparison alone', async () => {}],
  ])('restored to before it was made: by %s it is here again, and none is made beside it', async (_, more) => {
    const { customerId, end } = await month();
    await goTo(end - 10 * day);
    await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
    await billing.tell();
    const copied = await copyOf(control);
    await goTo(api.clock.now + minute);
    await goTo(api.clock.now + 2 * hour);
    const [before] = (await rowsOf(customerId)).filter(({ kind }) => kind === 'closing');
    expect(before).toMatchObject({ state: 'paid', totalCents: 500 });
    await restore(copied);
    await goTo(api.clock.now + minute);
    await more();
    await compareAndOpen();
    for (const hours of [1, 2, 24, 48]) await goTo(Math.ceil(api.clock.now / hour) * hour + hours * hour);
    const closing = (await rowsOf(customerId)).filter(({ kind }) => kind === 'closing');
    expect(closing).toMatchObject([
      {
        id: before?.id,
        state: 'paid',
        totalCents: 500,
        periodStart: before?.periodStart,
        periodEnd: before?.periodEnd,
        stripeInvoiceId: before?.stripeInvoiceId,
      },
    ]);
    expect(await costs(before?.id ?? '')).toEqual(['cpu_core_ms 500 billed']);
    expect(await billedAtStripe(customerId)).toEqual([500]);
    expect((await rowsOf(customerId)).filter(({ kind }) => kind === 'delta')).toEqual([]);
    expect(await brokenRules()).toEqual([]);
  });
});

describe('a difference that was billed after the end', { timeout }, () => {
  it('restored to before that: nothing is made while the outbox is shut, and then it is here again, once', async () => {
    const { customerId, edge, end } = await month();
    await goTo(end - 10 * day);
    await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
    await goTo(api.clock.now + 2 * hour);
    const nextHour = () => goTo(Math.floor(api.clock.now / hour) * hour + hour);
    const deltas = async () => (await rowsOf(customerId)).filter(({ kind }) => kind === 'delta');
    await uses(customerId, edge + 40 * hour, 20);
    const copied = await copyOf(control);
    for (const _ of [1, 2, 3]) await nextHour();
    const [before] = await deltas();
    expect(before).toMatchObject({ state: 'paid', totalCents: 100 });
    await restore(copied);
    for (const _ of [1, 2]) await nextHour();
    expect(await deltas()).toEqual([]);
    await compareAndOpen();
    for (const _ of [1, 2, 3]) await nextHour();
    expect(await deltas()).toMatchObject([{ id: before?.id, state: 'paid', totalCents: 100 }]);
    expect(await billedAtStripe(customerId)).toEqual([500, 100]);
    expect(await brokenRules()).toEqual([]);
  });
});
