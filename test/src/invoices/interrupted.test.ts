/**
 * Whatever comes in whatever order (events, events again, cron, deliveries) and wherever the process dies or Stripe's answers are lost:
 * each line of usage is on one invoice, once. `TEST_INVOICE_SEEDS` and `TEST_INVOICE_FIRST` ask for more orders.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { servicesOf } from '../../../src/services.ts';
import { eventOf } from '../../../src/webhooks/event.ts';
import { carriersOf, contextOf } from '../../../src/wiring.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { refreshInvoice } from '../../../src/workflows/billing/refresh-invoice.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { processDue, processEvent } from '../../../src/workflows/inbox/process-event.ts';
import { receive } from '../../../src/workflows/inbox/receive.ts';
import { ensureCluster, makeApi } from '../../harness/worker/api.ts';
import { type Break, breaking, seeded } from '../../harness/worker/broken-stripe.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { billingOf, hour, minute } from './harness.ts';

const options = env as unknown as { TEST_INVOICE_SEEDS?: number; TEST_INVOICE_FIRST?: number };
const first = options.TEST_INVOICE_FIRST ?? 1;
const seeds = Array.from({ length: options.TEST_INVOICE_SEEDS ?? 2 }, (_, n) => first + n);

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, uses, rowsOf, atStripe, periodsOf, news, tell } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const aboveHours = 100;
const aboveCents = 5 * aboveHours;
const breaks: readonly Break[] = ['lost_call', 'lost_answer', 'killed_before', 'killed_after'];
const stepsMax = 14;

const services = () => servicesOf(api.bindings, { waitUntil: () => {} }, api.outside);
const whole = (): Break => 'none';

function world(next: () => Break) {
  const context = () => {
    const made = contextOf(services());
    return { ...made, stripe: made.stripe && breaking(made.stripe, next) };
  };
  const carriers = () => {
    const made = carriersOf(services());
    return {
      ...made,
      stripe: made.stripe && breaking(made.stripe, next),
      refreshInvoice: (id: string, at: string) => refreshInvoice(context(), id, at),
    };
  };
  return { context, carriers };
}

/** What a death leaves undone is not the test's failure. */
const dying = async (work: () => Promise<unknown>): Promise<void> => {
  await work().catch(() => {});
};

async function settle(): Promise<void> {
  const { context, carriers } = world(whole);
  for (let round = 0; round < 5; round++) {
    await tell();
    await processDue(context);
    await closePeriods(context());
    await deliverOutbox(carriers());
    await stripe.move(api.clock.now + 20 * minute);
  }
}

type Told = Awaited<ReturnType<typeof news>>[number];

/** Hours in which everything happens in the seed's order, and breaks. @returns events that Stripe has to tell again */
async function disturb(random: () => number): Promise<Told[]> {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const { context, carriers } = world(() => (random() < 0.35 ? pick(breaks) : 'none'));
  const told = await news();
  const waiting = [...told];
  const queue = { sendBatch: async () => {} } as unknown as Queue;
  async function take(raw: Told | undefined): Promise<void> {
    const event = raw === undefined ? null : eventOf(raw);
    if (raw === undefined || event === null) return;
    told.push(raw);
    const taken = await receive(context(), event, queue).catch(() => null);
    // What is not answered well comes again.
    if (taken?.ok !== true) waiting.push(raw);
    else await processEvent(context(), event.id);
  }
  const deeds: readonly (() => Promise<unknown>)[] = [
    () => take(waiting.splice(Math.floor(random() * waiting.length), 1)[0]),
    () => take(waiting.splice(Math.floor(random() * waiting.length), 1)[0]),
    () => take(pick(told)),
    () => processDue(context),
    () => closePeriods(context()),
    () => closePeriods(context()),
    () => Promise.all([closePeriods(context()), closePeriods(context())]),
    () => deliverOutbox(carriers()),
    () => deliverOutbox(carriers()),
  ];
  for (let step = 0; step < stepsMax; step++) {
    await stripe.move(api.clock.now + Math.ceil(random() * 30) * minute);
    waiting.push(...(await news()));
    await dying(pick(deeds));
  }
  return waiting;
}

it.each(seeds)('each line is billed once, in order %i', { timeout: 120_000 }, async (seed) => {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await settle();
  const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
  const hours = (end - start) / hour + aboveHours;
  await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, hours, start + 12 * hour);
  await stripe.move(end + 14 * minute);
  for (const raw of await disturb(seeded(seed))) await billing.bring(raw);
  await billing.process();
  // Past the deadline, and the next month's renewal, which takes what the first one went without.
  await settle();
  await stripe.move(end + 7 * hour);
  await settle();
  await stripe.move(((await periodsOf(customerId)).at(-1)?.end ?? 0) + 2 * minute);
  await settle();
  const rows = await rowsOf(customerId);
  const lines = (await Promise.all(rows.map(({ stripeInvoiceId }) => atStripe(stripeInvoiceId)))).flat();
  const ours = lines.filter(({ metadata }) => metadata['tenantry_line'] !== undefined);
  expect(ours.map(({ amount }) => amount)).toEqual([aboveCents]);
  expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'paid'));
  const kept = (await Promise.all(rows.map(({ id }) => billing.costs(id)))).flat();
  expect(kept).toEqual([`cpu_core_ms ${aboveCents} billed`]);
});
