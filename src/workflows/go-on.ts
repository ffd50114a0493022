/**
 * Takes orders for many things further (src/batches/batch.ts): the request that gave one begins, cron goes on. A slice is one batch of
 * D1, so a kill loses nothing and does nothing twice; of two that go on from the same place one is refused.
 */

import type { Actor } from '../audit/store.ts';
import { dueItems, type Pace } from '../batches/batch.ts';
import * as batchStore from '../batches/store.ts';
import type { BatchAction } from '../contracts/queue.ts';
import { commit } from '../db/client.ts';
import { GuardFailed } from '../db/failure.ts';
import type { Write } from '../db/write.ts';
import type { Context } from './deed.ts';
import { each } from './each.ts';

/** Items of one batch of D1. */
const sliceSize = 50;
/** Orders of one tick; the others wait for these. */
const ordersPerTick = 5;

/** What some items come to: statements that decide about each and do what it is for. */
export type Slice = (batch: batchStore.BatchRow, items: readonly batchStore.BatchItem[]) => Promise<readonly Write[]>;

/** Takes the order further by what is due of it. */
export async function goOn(context: Context, id: string, slice: Slice): Promise<void> {
  const { db, now } = context;
  let left: number | null = null;
  for (;;) {
    const batch = await batchStore.findBatch(db, id);
    if (batch === null || batch.finishedAt !== null) return;
    left ??= dueItems(batch satisfies Pace, now);
    const items = await batchStore.findItems(db, id, batch.taken, Math.min(left, sliceSize));
    if (items.length === 0) return;
    left -= items.length;
    try {
      await commit(db, [...batchStore.advance(batch, items.length, now), ...(await slice(batch, items))]);
    } catch (error) {
      // Somebody else is faster, and goes on alone.
      if (error instanceof GuardFailed && error.guard === 'batch_place') return;
      throw error;
    }
  }
}

/** Takes all running orders of these kinds further. @returns how many there are */
export async function goOnWithAll(context: Context, actions: readonly BatchAction[], slice: Slice): Promise<number> {
  const ids = await batchStore.findRunning(context.db, actions, ordersPerTick);
  const done = await each(ids, (id) => goOn(context, id, slice), {
    log: context.log,
    what: 'an order for many',
    named: (id) => ({ batch_id: id }),
  });
  return done.length;
}

/** Whom the log names for an item of the order: whoever gave it. */
export const actorOf = (context: Context, batch: batchStore.BatchRow): Actor => ({
  ...context.actor,
  name: batch.startedBy,
});
