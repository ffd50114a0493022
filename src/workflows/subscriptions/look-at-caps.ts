/**
 * When spend caps are looked at: where usage has arrived, and by cron, which looks at those that are due. Only customers who have a cap
 * cost anything; what one batch of usage brings beyond its share waits for cron, a minute at most.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import * as capStore from '../../spend-caps/store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { costsOf, judgeCap } from './judge-cap.ts';

/** Of one tick. */
const looksPerTick = 500;
const atOnce = 8;
/** Of one batch of usage. */
const looksPerBatch = 20;

/** Cron's. @returns how many were looked at */
export const lookAtCaps = async (context: Context): Promise<number> =>
  (await lookAtAll(context, await capStore.findDue(context.db, context.now, looksPerTick))).length;

/** Usage of these customers has arrived. @returns outbox rows to be delivered */
export async function lookAfterUsage(context: Context, customerIds: readonly string[]): Promise<readonly string[]> {
  if (customerIds.length === 0) return [];
  const capped = await capStore.markNow(context.db, customerIds, context.now);
  return (await lookAtAll(context, capped.slice(0, looksPerBatch))).flat();
}

const lookAtAll = (context: Context, customerIds: readonly string[]): Promise<(readonly string[])[]> =>
  each(
    customerIds,
    async (customerId) => {
      const done = await carryOut(context, () => planLook(context, customerId));
      return done.ok ? (done.value.outbox ?? []) : [];
    },
    { log: context.log, what: 'a look at a spend cap', named: (customerId) => ({ customer_id: customerId }), atOnce },
  );

/** The cap is read before what it is held to, so that a mark between the two is not lost. */
async function planLook(context: Context, customerId: string): Promise<Planned<null>> {
  const before = await capStore.findCap(context.db, customerId);
  if (before === null) return ok({ value: null, writes: [], audit: [] });
  const whole = await findWhole(context.db, customerId);
  if (!whole) return err(notFound);
  const costs = await costsOf(context, whole);
  const judged = await judgeCap(context, whole, { before, wanted: before, costs });
  return ok({ value: null, writes: judged.writes, audit: judged.audit, outbox: judged.outbox });
}
