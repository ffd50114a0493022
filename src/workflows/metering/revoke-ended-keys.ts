/**
 * Cron's end of the keys of ended reporters: a key stays valid after its reporter's end for the last windows, and no longer than
 * any of them would still be taken.
 */
import { revokeAll } from '../../credentials/store.ts';
import { shardOf } from '../../db/shards.ts';
import { ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { type EndedReporter, findEndedWithKeys } from '../../reporters/store.ts';
import { type WindowName, withAccounted } from '../../usage/history-store.ts';
import { openMs } from '../../usage/window-bounds.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';

/** Of one tick: reporters that are looked at, in a query a shard. */
const looksPerTick = 1000;

/** Revokes the keys that are no longer needed; the rest waits for the next tick. @returns of how many reporters */
export async function revokeEndedKeys(context: Context): Promise<number> {
  const ended = await findEndedWithKeys(context.db, context.now, looksPerTick);
  const { log } = context;
  const over = await each([...Map.groupBy(ended, (e) => e.usageShard)], ([, ofShard]) => findOver(context, ofShard), {
    log,
    what: 'looking for the last windows of ended reporters',
    named: ([shard]) => ({ shard }),
  });
  const revoked = await each(over.flat(), (reporter) => carryOut(context, () => planRevocation(context, reporter)), {
    log,
    what: "the end of a reporter's key",
    named: ({ id, customerId }) => ({ reporter_id: id, customer_id: customerId }),
  });
  return revoked.length;
}

const isName = (e: EndedReporter): e is EndedReporter & WindowName => e.projectSeq !== null && e.windowEnd !== null;

/** The ended reporters of one shard whose windows are all accounted for, or too old to be reported. */
async function findOver(context: Context, ended: readonly EndedReporter[]): Promise<EndedReporter[]> {
  const [first] = ended;
  if (!first) return [];
  const accounted = new Set<EndedReporter>(await withAccounted(shardOf(context, first), ended.filter(isName)));
  return [...Map.groupBy(ended, (e) => e.id).values()].flatMap((ofOne) => {
    const [reporter] = ofOne;
    const isOver = ofOne.every((e) => !isName(e) || accounted.has(e) || e.windowEnd < context.now - openMs);
    return reporter && isOver ? [reporter] : [];
  });
}

async function planRevocation({ now }: Context, reporter: EndedReporter): Promise<Planned<null>> {
  const details = { customer_id: reporter.customerId, active_until: iso(reporter.activeUntil) };
  return ok({
    value: null,
    writes: [revokeAll('reporter', reporter.id, now)],
    audit: [{ action: 'reporter.key_revoked', subject: reporter.id, details }],
  });
}
