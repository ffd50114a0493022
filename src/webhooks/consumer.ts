/**
 * The consumer of the queue of events and of its dead-letter queue, which is only a later attempt. A message has an event's id and
 * no more: whoever can write to the queue can have an event looked at that is in the inbox anyway.
 */
import { z } from 'zod';
import { DatabaseUnavailable } from '../db/failure.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Services } from '../services.ts';
import { contextOf, deliverSoon } from '../wiring.ts';
import type { Context } from '../workflows/deed.ts';
import { newLot } from '../workflows/inbox/lot.ts';
import { processEvent } from '../workflows/inbox/process-event.ts';

const message = z.object({ v: z.literal(1), event_id: z.string().min(1).max(255) });

const retrySeconds = 30;

/** A context in whose name Stripe's events change things. */
export function eventContextOf(services: Services): Context {
  const context = contextOf(services);
  return { ...context, actor: { ...context.actor, name: 'stripe' } };
}

export async function consumeEvents(batch: MessageBatch, services: Services): Promise<void> {
  // A message follows its event into the inbox, so that all of them were there before the first is begun.
  const lot = newLot();
  for (const each of batch.messages) {
    const read = message.safeParse(each.body);
    if (!read.success) {
      services.log('error', 'a message of the queue of events is none of ours', { message_id: each.id });
      each.ack();
      continue;
    }
    try {
      const outbox = await processEvent(eventContextOf(services), read.data.event_id, lot);
      each.ack();
      deliverSoon(services, outbox);
    } catch (error) {
      services.log(error instanceof DatabaseUnavailable ? 'warn' : 'error', 'an event could not be processed', {
        event_id: read.data.event_id,
        error: reasonOf(error),
      });
      each.retry({ delaySeconds: retrySeconds });
    }
  }
}
