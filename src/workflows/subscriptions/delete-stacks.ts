/**
 * Cron deletes the stacks of customers who left long enough ago, with all of their data: a job takes the namespace away, and
 * its place in the cluster is free then. There is no way back. Account, invoices and what was measured stay.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { ringWaiting } from '../../outbox/store.ts';
import { deletionAt } from '../../subscriptions/deletion.ts';
import { aboutOf, type Due, findDeletable } from '../../subscriptions/due-store.ts';
import { guardUnchanged } from '../../subscriptions/store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { endMetering } from '../metering/end-metering.ts';
import { planNotice } from '../plan-notice.ts';

/** Of one tick. Few on purpose: what is deleted by mistake is gone, and somebody may still see it begin. */
const perTick = 20;

/** Deletes what is due. @returns how many stacks */
export async function deleteStacks(context: Context): Promise<number> {
  const { canceledBefore, warnedBefore } = deletionAt(context.now, context.settings.deleteAfterMs);
  const due = await findDeletable(context.db, { canceledBefore, warnedBefore }, perTick);
  const done = await each(due, (one) => carryOut(context, () => planDeletion(context, one)), {
    log: context.log,
    what: 'the deletion of a stack',
    named: ({ customerId }) => ({ customer_id: customerId }),
  });
  return done.filter((outcome) => outcome.ok && outcome.value.value).length;
}

/** False where the customer has come back, or it is done. */
async function planDeletion(context: Context, { customerId, at }: Due): Promise<Planned<boolean>> {
  const { db, now, random } = context;
  const whole = await findWhole(db, customerId);
  if (!whole) return err(notFound);
  const { customer, subscription, deployment } = whole;
  const since = subscription.canceledAt ?? customer.deactivatedAt;
  if (subscription.status !== 'canceled' || since !== at || deployment.phase === 'deleted') {
    return ok({ value: false, writes: [], audit: [] });
  }
  const doorbellId = newId('outbox', random);
  const run = { customerId, jobId: newId('job', random), now, verb: 'delete' as const };
  const told = planNotice(context, { customerId, kind: 'deleted', about: aboutOf(at), params: {} });
  return ok({
    value: true,
    writes: [
      guardUnchanged(subscription),
      ...deploymentStore.desire({ ...run, phase: 'deleted', drainWindowEnd: null }),
      ...(await endMetering(context, customer)),
      ringWaiting(customerId, doorbellId, now),
      ...told.writes,
    ],
    audit: [{ action: 'deployment.deleted', subject: customerId, details: { canceled_at: iso(at) } }],
    outbox: [doorbellId, told.outboxId],
  });
}
