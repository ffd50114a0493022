/** Processes an event of the inbox: what its type leads to, and its mark, in one batch. */
import { commit } from '../../db/client.ts';
import { asDatabaseError, DatabaseUnavailable, GuardFailed } from '../../db/failure.ts';
import { shareOf } from '../../lib/backoff.ts';
import { reasonOf } from '../../lib/reason.ts';
import { ok } from '../../lib/result.ts';
import { afterFailure, pauseMs } from '../../webhooks/event.ts';
import * as eventStore from '../../webhooks/event-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { each } from '../each.ts';
import { Overtaken, StripeNotRead, UnknownSubscriber } from '../subscriptions/refresh-subscription.ts';
import type { Handled, Handler } from './handler.ts';
import { type Lot, newLot } from './lot.ts';
import { handlerOf } from './table.ts';

/** Events of one round of cron, without those that are taken with them; rounds of one tick; how many customers at a time. */
const eventsPerRound = 100;
const rounds = 5;
const atOnce = 5;

const unknownCustomer = {
  code: 'unknown_customer',
  message: 'nobody of ours is known by the customer that the event names',
};

/**
 * Processes the event unless it is done with, or in somebody's hands.
 * @param lot of events that were in the inbox before it was begun
 * @returns ids of outbox rows to be delivered
 * @throws DatabaseUnavailable: nothing is known of it then, and it is tried again when the claim has run out
 */
export async function processEvent(context: Context, id: string, lot: Lot = newLot()): Promise<readonly string[]> {
  const event = await eventStore.claim(context.db, id, context.now);
  return event === null ? [] : await processClaimed(context, event, lot);
}

/** Whose an event is, as Stripe calls them; what it is about, where it is of nobody. */
function subjectOf({ id, objectId, payload }: eventStore.EventRow): string {
  const { object } = (payload['data'] ?? {}) as { object?: { customer?: unknown } };
  return typeof object?.customer === 'string' ? object.customer : (objectId ?? id);
}

/**
 * Processes what is due: one customer's events one after another, because the fetches that they lead to would overtake each other.
 * @param fresh a context of the moment
 */
export async function processDue(fresh: () => Context): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { db, now, log } = fresh();
    const events = await eventStore.claimDue(db, now, eventsPerRound);
    const one = {
      log,
      what: 'an event of Stripe',
      named: ({ id, type }: eventStore.EventRow) => ({ event_id: id, type }),
    };
    await each(
      [...Map.groupBy(events, subjectOf).values()],
      (ofOne) => {
        const lot = newLot();
        return each(ofOne, (event) => processClaimed(fresh(), event, lot), one);
      },
      { log, what: 'events of Stripe', named: () => ({}), atOnce },
    );
    if (events.length < eventsPerRound) return;
  }
}

async function processClaimed(context: Context, event: eventStore.EventRow, lot: Lot): Promise<readonly string[]> {
  const { db, now, log } = context;
  const handle = handlerOf(event.type);
  if (handle === null) {
    await commit(db, [eventStore.finish(event.id, { state: 'ignored', customerId: null, error: null }, now)]);
    return [];
  }
  try {
    const done = await carryOut(context, async () => {
      const handled = await handledBy(handle, context, event, lot);
      const outcome = handled
        ? ({ state: 'processed', customerId: handled.customerId, error: null } as const)
        : ({ state: 'ignored', customerId: null, error: unknownCustomer } as const);
      return ok({
        value: handled,
        writes: [...(handled?.writes ?? []), eventStore.finish(event.id, outcome, now)],
        audit: handled?.audit ?? [],
      });
    });
    if (done.ok && done.value.value === null) {
      const about = { event_id: event.id, type: event.type, object_id: event.objectId };
      log('error', 'an event of Stripe is about a customer whom we do not know', about);
    }
    const handled = done.ok ? done.value.value : null;
    if (handled?.fetched) lot.invoices.set(handled.fetched.id, handled.fetched.invoice);
    return handled?.outbox ?? [];
  } catch (thrown) {
    const error = asDatabaseError(thrown);
    if (error instanceof DatabaseUnavailable) throw error;
    await noteFailure(context, event, error);
    return [];
  }
}

/** What the event led to; null where it is about somebody whom we do not know, or its subscription is. */
async function handledBy(
  handle: Handler,
  context: Context,
  event: eventStore.EventRow,
  lot: Lot,
): Promise<Handled | null> {
  try {
    return await handle(context, event, lot);
  } catch (error) {
    if (error instanceof UnknownSubscriber) return null;
    throw error;
  }
}

/** What admins are told of a failure; the log has its reason. */
function faultOf(error: unknown): { code: string; message: string } {
  if (error instanceof StripeNotRead) return { code: error.failure.code, message: 'Stripe did not say how it is now' };
  if (error instanceof GuardFailed || error instanceof Overtaken)
    return { code: 'overtaken', message: 'others were faster, again and again' };
  return { code: 'internal', message: 'something is wrong here; the log has the reason under the event’s id' };
}

async function noteFailure(context: Context, event: eventStore.EventRow, error: unknown): Promise<void> {
  const { db, now, random, log } = context;
  const state = afterFailure(event.attempts);
  const spread = shareOf(random);
  log(state === 'dead' ? 'error' : 'warn', state === 'dead' ? 'an event of Stripe is given up' : 'an event failed', {
    event_id: event.id,
    type: event.type,
    attempts: event.attempts,
    error: reasonOf(error),
  });
  const nextAt = now + pauseMs(event.attempts, spread);
  await commit(db, [eventStore.fail(event.id, { state, nextAt, error: faultOf(error) })]);
}
