/** Has events processed again that failed for good, or that meant nothing when they came: one, or many, some a second. */
import { sql } from 'drizzle-orm';
import { recordWhere } from '../../audit/store.ts';
import * as batchStore from '../../batches/store.ts';
import { type Failure, notFound } from '../../contracts/failures.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { replayable } from '../../webhooks/event.ts';
import * as eventStore from '../../webhooks/event-store.ts';
import type { Context, Planned } from '../deed.ts';
import { actorOf, goOn, goOnWithAll, type Slice } from '../go-on.ts';

const notReplayable: Failure = {
  code: 'event_not_replayable',
  message: 'the event was processed, or waits for its turn: there is nothing to do again',
};

/** One event. */
export async function replayEvent({ db, now }: Context, id: string): Promise<Planned<eventStore.EventRow>> {
  const event = await eventStore.findEvent(db, id);
  if (!event) return err(notFound);
  if (!replayable.includes(event.state)) return err(notReplayable);
  return ok({
    value: { ...event, state: 'received', attempts: 0, processedAt: null, errorCode: null, errorMessage: null },
    writes: eventStore.replay(id, now),
    audit: [{ action: 'webhook.replayed', subject: id, details: { type: event.type, state: event.state } }],
  });
}

export interface ManyReplays {
  type: string | undefined;
  /** Events a second. */
  rate: number;
}

/** All dead events, or those of a type; `continueEventReplays` carries it out. */
export async function replayDead(
  { db, now, random, actor }: Context,
  { type, rate }: ManyReplays,
): Promise<Planned<{ batchId: string; events: number }>> {
  const ids = await eventStore.findDead(db, type);
  const batchId = newId('batch', random);
  const action = 'replay_events' as const;
  const order = { id: batchId, action, rate, reason: null, startedBy: actor.name, createdAt: now };
  return ok({
    value: { batchId, events: ids.length },
    writes: batchStore.insertBatch(order, ids),
    audit: [
      {
        action: 'webhooks.replayed',
        subject: batchId,
        details: { events: ids.length, type: type ?? null, rate },
      },
    ],
  });
}

/** Each is judged when its turn comes; cron processes what waits. */
const sliceOf =
  (context: Context): Slice =>
  async (batch, items) =>
    items.flatMap(({ place, subject }) => {
      const outcome = sql`iif(${eventStore.isReplayable(subject)}, 'done', 'event_not_replayable')`;
      const isDone = batchStore.isDone(batch.id, place);
      const entry = { action: 'webhook.replayed', subject, details: { batch_id: batch.id } };
      return [
        batchStore.decide(batch.id, place, outcome),
        eventStore.replayWhere(subject, context.now, isDone),
        recordWhere(context.random, actorOf(context, batch), context.now, entry, isDone),
      ];
    });

/** Takes one order further. */
export const continueEventReplay = (context: Context, batchId: string): Promise<void> =>
  goOn(context, batchId, sliceOf(context));

/** Cron takes all of them further. @returns how many */
export const continueEventReplays = (context: Context): Promise<number> =>
  goOnWithAll(context, ['replay_events'], sliceOf(context));
