/**
 * Asks Stripe for events that have not come as webhooks: an outage of ours heals by itself, and a person can ask for more. An order
 * is cut into hours, listed to the last page, those of a slice together, and taken in by the events' ids, so that nothing is lost
 * where the work breaks off and nothing comes twice.
 */
import { sql } from 'drizzle-orm';
import * as batchStore from '../../batches/store.ts';
import type { Failure } from '../../contracts/failures.ts';
import { catchUpDaysMax } from '../../contracts/webhooks.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { dayMs, floorTo, hourMs, type TimeRange } from '../../lib/time.ts';
import { eventOf, type StripeEvent } from '../../webhooks/event.ts';
import * as eventStore from '../../webhooks/event-store.ts';
import type { Context, Planned } from '../deed.ts';
import { goOn, goOnWithAll, type Slice } from '../go-on.ts';
import { shown, stripeOf } from './handler.ts';
import { announce } from './receive.ts';

/** Hours a second. Those of a slice are asked for together, a call for each page of their events. */
const rate = 10;
/** Stripe's list is complete after a moment; what the last order saw too early is seen again. */
const overlapMs = 2 * hourMs;
/** Rows of one batch of D1: an event has some kilobytes. */
const rowsAtOnce = 25;
const cron = 'cron';

const noKey: Failure = { code: 'stripe_unavailable', message: 'there is no Stripe key to ask with' };

/** The hours of `[from, to)`, as the items of an order name them. */
function hoursOf(from: number, to: number): string[] {
  const hours: string[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(floorTo(start, hourMs) + hourMs, to);
    hours.push(`${start}-${end}`);
    start = end;
  }
  return hours;
}

function orderOf(context: Context, from: number): { batchId: string; writes: Write[] } {
  const { now, random, actor } = context;
  const batchId = newId('batch', random);
  const order = { id: batchId, action: 'catch_up' as const, rate, reason: null, startedBy: actor.name, createdAt: now };
  return { batchId, writes: batchStore.insertBatch(order, hoursOf(from, now)) };
}

const longAgo = (now: number): number => now - catchUpDaysMax * dayMs;

/** A person has Stripe asked. @param from ms; null: as far back as Stripe's list goes */
export async function catchUp(
  context: Context,
  from: number | null,
): Promise<Planned<{ batchId: string; from: number }>> {
  if (!context.stripe) return err(noKey);
  const start = Math.max(from ?? 0, longAgo(context.now));
  const { batchId, writes } = orderOf(context, start);
  const details = { from: start };
  return ok({
    value: { batchId, from: start },
    writes,
    audit: [{ action: 'webhooks.catch_up', subject: batchId, details }],
  });
}

/** Cron looks back to its last order, whenever that was: what happened since then is asked for, however long nothing ran here. */
export async function lookBack(context: Context): Promise<void> {
  const { db, now, stripe } = context;
  if (!stripe) return;
  const last = await batchStore.findNewest(db, 'catch_up', cron);
  if (last !== null && last.finishedAt === null) return;
  const from = Math.max((last?.createdAt ?? now) - overlapMs, longAgo(now));
  await commit(db, orderOf(context, from).writes);
}

const sliceOf =
  (context: Context, queue: Queue): Slice =>
  async (batch, items) => {
    for (const { from, to } of stretchesOf(items)) await takeInListed(context, queue, from, to);
    return [batchStore.decideAll(batch.id, items, sql`'done'`)];
  };

/** The hours of a slice, joined where one follows another: most have a few events or none, and a page has a hundred. */
function stretchesOf(items: readonly batchStore.BatchItem[]): TimeRange[] {
  const stretches: TimeRange[] = [];
  for (const { subject } of items) {
    const [from = 0, to = 0] = subject.split('-').map(Number);
    const last = stretches.at(-1);
    if (last?.to === from) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}

/** Takes in what Stripe lists of `[start, end)` and the inbox does not have. */
async function takeInListed(context: Context, queue: Queue, start: number, end: number): Promise<void> {
  const stripe = stripeOf(context, 'its events');
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listed>> = await listed(stripe, start, end, after);
    const missing = await eventStore.findMissing(
      context.db,
      page.events.map(({ id }) => id),
    );
    const fresh = page.events.filter(({ id }) => missing.has(id));
    for (let from = 0; from < fresh.length; from += rowsAtOnce) {
      const part = fresh.slice(from, from + rowsAtOnce);
      await commit(
        context.db,
        part.map((event) => eventStore.insertListed(event, context.now)),
      );
    }
    await announce(
      context,
      queue,
      fresh.map(({ id }) => id),
    );
    if (fresh.length > 0) context.log('warn', 'events of Stripe had not come', { events: fresh.length });
    after = page.next;
  } while (after !== null);
}

async function listed(stripe: ReturnType<typeof stripeOf>, start: number, end: number, after: string | null) {
  const { events, next } = shown('its events', await stripe.events.page(start, end, after));
  return { next, events: events.map(eventOf).filter((event): event is StripeEvent => event !== null) };
}

/** Takes one order further. */
export const continueCatchUp = (context: Context, batchId: string, queue: Queue): Promise<void> =>
  goOn(context, batchId, sliceOf(context, queue));

/** Cron takes all of them further. @returns how many */
export const continueCatchUps = (context: Context, queue: Queue): Promise<number> =>
  goOnWithAll(context, ['catch_up'], sliceOf(context, queue));
