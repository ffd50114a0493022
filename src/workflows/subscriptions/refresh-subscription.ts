/**
 * The one way in which a subscription at Stripe becomes ours: events, our own calls, cron and whoever mends a difference come
 * here. The fetch is numbered before it begins, and what it shows is written only while no later one has begun.
 */
import { backoffMs, shareOf } from '../../lib/backoff.ts';
import { pause } from '../../lib/pause.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { findCustomerOf } from '../../subscriptions/store.ts';
import { findObject, raiseFetch } from '../../webhooks/object-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { applySubscription } from './apply-subscription.ts';

/** Stripe did not show the subscription: without a key, away, or it has none of that id. Another time it may. */
export class StripeNotRead extends Error {
  override name = 'StripeNotRead';
  readonly failure: StripeFailure;
  constructor(id: string, failure: StripeFailure) {
    super(`Stripe does not show ${id}: ${failure.code}`);
    this.failure = failure;
  }
}

/** The subscription is of nobody whom we know. */
export class UnknownSubscriber extends Error {
  override name = 'UnknownSubscriber';
  constructor({ id, customer }: StripeSubscription) {
    super(`the subscription ${id} is of ${customer || 'nobody'}, who is no customer of ours`);
  }
}

/** Others fetched it at the same time, again and again, and none of them has written yet. Another time it goes. */
export class Overtaken extends Error {
  override name = 'Overtaken';
  constructor(id: string) {
    super(`other fetches of ${id} were always faster`);
  }
}

export interface Refreshed {
  customerId: string;
  /** Outbox rows of the change, which cron delivers within a minute; who can delivers them at once. */
  outbox: readonly string[];
}

/** Fetches that overtake one another more often than this are a fault; an event is then tried again later. */
const fetchesMax = 6;
/** How long the later fetch is left alone; by a random share, so that two do not go on in step. */
const alone = { baseMs: 100, maxMs: 3_200, jitter: 0.5 };

/** Waits for the later fetch: whether it was written, with what this one would have shown or newer. */
async function isServed({ db, random }: Context, id: string, fetchSeq: number, fetches: number): Promise<boolean> {
  await pause(backoffMs(fetches, alone, shareOf(random)));
  const object = await findObject(db, id);
  return object !== null && object.appliedSeq > fetchSeq;
}

async function isOwed(stripe: StripePort, id: string): Promise<boolean> {
  const owed = await stripe.changes.isOwed(id);
  if (!owed.ok) throw new StripeNotRead(id, owed.error);
  return owed.value;
}

/**
 * Fetches the subscription and applies it. Where a later fetch has overtaken this one, that one is waited for, and this one is made again
 * only where it was not written: two that began anew at once would overtake each other for ever.
 * @throws StripeNotRead, UnknownSubscriber, Overtaken; DatabaseUnavailable
 */
export async function refreshSubscription(context: Context, stripeSubscriptionId: string): Promise<Refreshed> {
  const id = stripeSubscriptionId;
  const { db, stripe, now } = context;
  if (stripe === null) throw new StripeNotRead(id, { kind: 'denied', code: 'stripe_not_configured' });
  for (let fetches = 1; fetches <= fetchesMax; fetches++) {
    const fetchSeq = await raiseFetch(db, { id, kind: 'subscription', now });
    const read = await stripe.subscriptions.fetch(id);
    if (!read.ok) throw new StripeNotRead(id, read.error);
    const found = read.value;
    const metadataId = found.metadata['tenantry_customer_id'] ?? null;
    const customerId = await findCustomerOf(db, { id, customer: found.customer, metadataId });
    if (customerId === null) throw new UnknownSubscriber(found);
    const isPaidUp = found.status === 'paused' && !(await isOwed(stripe, id));
    const applied = await carryOut(context, () =>
      applySubscription(context, { customerId, fetchSeq, found, isPaidUp }),
    );
    if (!applied.ok) throw new Error(`${id} could not be applied: ${applied.error.code}`);
    const { overtaken, outbox } = applied.value.value;
    if (!overtaken) return { customerId, outbox };
    if (await isServed(context, id, fetchSeq, fetches)) return { customerId, outbox: [] };
  }
  throw new Overtaken(id);
}
