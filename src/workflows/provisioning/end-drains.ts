/**
 * Cron's end of drains (src/deployments/drain.ts): a suspended deployment whose last window is accounted for, or whose
 * bound has passed, gets a new generation that runs nothing at all. Two crons at once, or a reactivation in between, are
 * settled by the batch's guard; a shard that cannot be read holds up the drains of its own customers only.
 */
import { shardOf } from '../../db/shards.ts';
import { type DrainEnd, drainEndOf } from '../../deployments/drain.ts';
import { drainsAt, endDrain, findDrains } from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { ringWaiting } from '../../outbox/store.ts';
import { withAccounted } from '../../usage/history-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';

/** Of one tick: drains that are looked at, in a query a shard, and drains that are ended, in a batch each. */
const looksPerTick = 500;
const endsPerTick = 100;

type Drain = Awaited<ReturnType<typeof findDrains>>[number];
type Over = Drain & { end: DrainEnd };

/** Ends the drains that are over; what is left waits for the next minute. @returns how many ended */
export async function endDrains(context: Context): Promise<number> {
  const drains = await findDrains(context.db, context.now, looksPerTick);
  const shards = [...Map.groupBy(drains, (drain) => drain.usageShard)];
  const over = await each(shards, ([, ofShard]) => findOver(context, ofShard), {
    log: context.log,
    what: 'looking for the last windows of drains',
    named: ([shard]) => ({ shard }),
  });
  const ended = await each(over.flat().slice(0, endsPerTick), (drain) => endOne(context, drain), {
    log: context.log,
    what: 'the end of a drain',
    named: ({ customerId }) => ({ customer_id: customerId }),
  });
  return ended.filter(Boolean).length;
}

/** The drains of one shard that are over, each with why. */
async function findOver(context: Context, drains: readonly Drain[]): Promise<Over[]> {
  const [first] = drains;
  if (!first) return [];
  const reported = new Set(await withAccounted(shardOf(context, first), drains));
  return drains.flatMap((drain) => {
    const end = drainEndOf({ windowEnd: drain.windowEnd, reported: reported.has(drain) }, context.now);
    return end ? [{ ...drain, end }] : [];
  });
}

/** False when it is no longer what is desired: ended by another tick, or the customer was reactivated. */
async function endOne(context: Context, drain: Over): Promise<boolean> {
  const outcome = await carryOut(context, () => planEnd(context, drain));
  const ended = outcome.ok && outcome.value.value;
  if (ended && drain.end === 'bound') {
    context.log('warn', 'a drain ended at its bound: its last window is missing', {
      customer_id: drain.customerId,
      window_end: iso(drain.windowEnd),
    });
  }
  return ended;
}

async function planEnd({ db, now, random }: Context, drain: Over): Promise<Planned<boolean>> {
  const { customerId, generation } = drain;
  if (!(await drainsAt(db, customerId, generation))) return ok({ value: false, writes: [], audit: [] });
  const doorbellId = newId('outbox', random);
  const run = { verb: 'suspend', jobId: newId('job', random), now } as const;
  const details = { window_end: iso(drain.windowEnd), ended_by: drain.end };
  return ok({
    value: true,
    writes: [...endDrain({ customerId, generation, ...run }), ringWaiting(customerId, doorbellId, now)],
    audit: [{ action: 'deployment.drained', subject: customerId, details }],
    outbox: [doorbellId],
  });
}
