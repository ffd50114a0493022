/** Cron's roll-up: days that are over and dirty are recomputed from their windows and cleared, a batch at a time. */
import { commit, openDb } from '../../db/client.ts';
import { dayMs } from '../../lib/time.ts';
import { dirtyDays, rollUp } from '../../usage/store.ts';

/** One batch writes some 50 × reporters × namespaces rows; the rest waits for the next tick. */
const daysPerBatch = 50;
const batchesPerTick = 4;

/** Rolls up what is due in one shard. @returns how many days */
async function rollUpShard(shard: D1Database, now: number): Promise<number> {
  const db = openDb(shard);
  let count = 0;
  for (let batch = 0; batch < batchesPerTick; batch++) {
    const days = await dirtyDays(db, Math.floor(now / dayMs), daysPerBatch);
    await commit(db, days.length === 0 ? [] : rollUp(days));
    count += days.length;
    if (days.length < daysPerBatch) break;
  }
  return count;
}

/** Rolls up what is due in every shard; one that fails holds up no other. @returns how many days */
export async function rollUpDays(shards: readonly D1Database[], now: number): Promise<number> {
  const outcomes = await Promise.allSettled(shards.map((shard) => rollUpShard(shard, now)));
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of ${shards.length} shards: ${failed[0]}`);
  return outcomes.reduce((total, outcome) => total + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}
