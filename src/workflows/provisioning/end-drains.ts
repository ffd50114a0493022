/**
 * Cron's end of drains (src/deployments/drain.ts): a suspended deployment whose last window is accounted for, or whose
 * bound has passed, gets a new generation that runs nothing at all. Two crons at once, or a reactivation in between, are
 * settled by the batch's guard.
 */
import { record } from '../../audit/store.ts';
import { commit, type Db } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import { shardOf } from '../../db/shards.ts';
import { drainEndOf } from '../../deployments/drain.ts';
import { endDrain, findDrains } from '../../deployments/store.ts';
import { newId, type Random } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import { iso } from '../../lib/time.ts';
import { withAccounted } from '../../usage/history-store.ts';

export interface DrainDeps {
  db: Db;
  shards: readonly D1Database[];
  now: number;
  random: Random;
  log: Log;
  requestId: string;
}

/** Of one tick: drains that are looked at, in a query a shard, and drains that are ended, in a batch each. */
const looksPerTick = 500;
const endsPerTick = 100;

/** Ends the drains that are over; what is left waits for the next minute. @returns how many ended */
export async function endDrains(deps: DrainDeps): Promise<number> {
  const drains = await findDrains(deps.db, deps.now, looksPerTick);
  const reported = new Set<string>();
  for (const ofShard of Map.groupBy(drains, (drain) => drain.usageShard).values()) {
    const [first] = ofShard;
    if (first)
      for (const { customerId } of await withAccounted(shardOf(deps, first), ofShard)) reported.add(customerId);
  }
  const over = drains.flatMap((drain) => {
    const end = drainEndOf({ windowEnd: drain.windowEnd, reported: reported.has(drain.customerId) }, deps.now);
    return end ? [{ ...drain, end }] : [];
  });
  let ended = 0;
  for (const drain of over.slice(0, endsPerTick)) {
    if (!(await endOne(deps, drain))) continue;
    ended += 1;
    if (drain.end === 'reported') continue;
    deps.log('warn', 'a drain ended at its bound: its last window is missing', {
      customer_id: drain.customerId,
      window_end: iso(drain.windowEnd),
    });
  }
  return ended;
}

/** False when it is no longer what is desired: ended by another tick, or the customer was reactivated. */
async function endOne(
  deps: DrainDeps,
  drain: { customerId: string; generation: number; windowEnd: number; end: string },
): Promise<boolean> {
  const { db, now, random } = deps;
  const { customerId, generation } = drain;
  const run = { verb: 'suspend', jobId: newId('job', random), outboxId: newId('outbox', random), now } as const;
  const actor = { name: 'cron', requestId: deps.requestId };
  const details = { window_end: iso(drain.windowEnd), ended_by: drain.end };
  try {
    await commit(db, [
      ...endDrain({ customerId, generation, ...run }),
      record(random, actor, now, { action: 'deployment.drained', subject: customerId, details }),
    ]);
    return true;
  } catch (error) {
    if (error instanceof GuardFailed) return false;
    throw error;
  }
}
