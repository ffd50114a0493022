/** Takes an event of Stripe into the inbox, once, and sees to what has to be done before Stripe is answered. */
import type { Failure } from '../../contracts/failures.ts';
import { commit } from '../../db/client.ts';
import { reasonOf } from '../../lib/reason.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { minuteMs } from '../../lib/time.ts';
import { isRenewal, madeAt, type StripeEvent } from '../../webhooks/event.ts';
import { findWhose, takeIn } from '../../webhooks/event-store.ts';
import type { Context } from '../deed.ts';
import { holdInvoice } from './hold-invoice.ts';

/** What the queue carries: the inbox is the truth, the message only says that it is time. */
export interface EventMessage {
  v: 1;
  event_id: string;
}

/** Cron takes up what no message has brought by then. */
const messageMs = minuteMs;

const notHeld: Failure = {
  code: 'stripe_unavailable',
  message: 'the invoice could not be kept open for its usage; send the event again',
  retryAfterSeconds: 60,
};

/**
 * Stores the event and has it processed. A renewal's draft is held first, also when the event comes again: without the hold
 * Stripe is not answered well.
 */
export async function receive(
  context: Context,
  event: StripeEvent,
  queue: Queue,
): Promise<Result<{ duplicate: boolean }, Failure>> {
  const { db, now, log } = context;
  const held = await holdFor(context, event);
  if (!held.ok) return held;
  const fresh = await takeIn(db, event, now, now + messageMs);
  if (fresh) await announce(context, queue, [event.id]);
  else log('info', 'an event came again', { event_id: event.id, type: event.type });
  return ok({ duplicate: !fresh });
}

async function holdFor(context: Context, event: StripeEvent): Promise<Result<null, Failure>> {
  const { db, now, log } = context;
  if (!isRenewal(event) || event.objectId === null) return ok(null);
  const customerId = await findWhose(db, event.whose);
  // The account at Stripe may have customers that are not ours: theirs is not ours to hold.
  if (customerId === null) return ok(null);
  const draft = { id: event.objectId, customerId, madeAt: madeAt(event.payload) ?? now };
  const held = await holdInvoice(context, draft);
  if (!held.ok) {
    log('error', 'a renewal could not be held; Stripe sends its event again', {
      event_id: event.id,
      invoice: event.objectId,
      why: held.error.code,
    });
    return err(notHeld);
  }
  await commit(db, held.value.writes);
  return ok(null);
}

/** A queue's batch has at most 100 messages. */
const messagesMax = 100;

/** Says that events wait. A queue that is down only costs the minute until cron looks. */
export async function announce({ log }: Context, queue: Queue, ids: readonly string[]): Promise<void> {
  try {
    for (let from = 0; from < ids.length; from += messagesMax) {
      const bodies = ids.slice(from, from + messagesMax).map((id): EventMessage => ({ v: 1, event_id: id }));
      await queue.sendBatch(bodies.map((body) => ({ body, contentType: 'json' as const })));
    }
  } catch (error) {
    log('warn', 'the queue of events does not take messages; cron goes on', { error: reasonOf(error) });
  }
}
