/**
 * Cron carries out the changes of plan whose instant has come: the subscription is on the new version, its licence says so,
 * and the stack is brought to it where the chart is given something else. The bill needs none of this: rating cuts a period
 * at the change's own instant.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole, type WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { sameJson } from '../../lib/json.ts';
import { err, ok } from '../../lib/result.ts';
import { licensedUntil } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import { ringWaiting } from '../../outbox/store.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { type DueChange, findDueChanges, isDue, takeEffect } from '../../subscriptions/plan-change-store.ts';
import { guardStatus } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { currentPeriod } from '../billing/current-period.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { issueLicence, licenceSubject } from '../licensing/issue-licence.ts';

/** Of one tick; what is left waits for the next minute. */
const perTick = 500;
const atOnce = 8;

/** Carries out what is due. @returns how many changes took effect */
export async function applyPlanChanges(context: Context): Promise<number> {
  const due = await findDueChanges(context.db, context.now, perTick);
  const done = await each(due, (change) => carryOut(context, () => planChange(context, change)), {
    log: context.log,
    what: 'a change of plan',
    named: ({ customerId, effectiveAt }) => ({ customer_id: customerId, effective_at: effectiveAt }),
    atOnce,
  });
  return done.filter((outcome) => outcome.ok && outcome.value.value).length;
}

async function planChange(context: Context, change: DueChange): Promise<Planned<boolean>> {
  const { db, now } = context;
  const { customerId } = change;
  const [before, due, catalogue] = await Promise.all([findWhole(db, customerId), isDue(db, change), findCatalogue(db)]);
  if (!before) return err(notFound);
  if (!due) return ok({ value: false, writes: [], audit: [] });
  const next = versionOf(catalogue, change.plan, change.planVersion);
  const { status } = before.subscription;
  const goesOn = meanings[status].licence === 'in_force';
  const stack = goesOn ? stackChange(context, before, next) : { writes: [], outbox: [] };
  return ok({
    value: true,
    writes: [
      guardStatus(customerId, status),
      ...takeEffect(change, now),
      ...(goesOn ? await newLicence(context, before, next) : []),
      ...stack.writes,
    ],
    audit: [
      {
        action: 'plan.changed',
        subject: customerId,
        details: { from: nameOf(before.plan), to: nameOf(next), effective_at: change.effectiveAt },
      },
    ],
    outbox: stack.outbox,
  });
}

const nameOf = ({ plan, version }: PlanVersion): string => `${plan}/${version}`;

/** The licence that says what the new version allows; a revoked one stays revoked. */
async function newLicence(context: Context, before: WholeCustomer, next: PlanVersion): Promise<Write[]> {
  const { customer, subscription } = before;
  const row = await licenceStore.newest(context.db, customer.id);
  if (!row || row.revokedAt !== null) return [];
  const period = await currentPeriod(context.db, { id: customer.id, status: subscription.status }, context.now);
  const until = licensedUntil(subscription.interval, row.claims, period.end);
  const after = { ...before, subscription: { ...subscription, plan: next.plan }, plan: next };
  const licence = await issueLicence(context, actionOf(before.plan, next), licenceSubject(after, until));
  return [licenceStore.guardInForce(row.jti), ...licence.writes];
}

function actionOf(before: PlanVersion, next: PlanVersion): 'upgraded' | 'downgraded' | 'renewed' {
  if (next.plan === before.plan) return 'renewed';
  return next.order > before.order ? 'upgraded' : 'downgraded';
}

/** A run of the stack where the chart is given something else. */
function stackChange(
  { random, now }: Context,
  { customer, deployment, plan }: WholeCustomer,
  next: PlanVersion,
): { writes: Write[]; outbox: string[] } {
  const chartOf = (version: PlanVersion) => [version.plan, version.chart.quota, version.monitoring];
  if (deployment.phase === 'deleted' || sameJson(chartOf(plan), chartOf(next))) {
    return { writes: [], outbox: [] };
  }
  const doorbellId = newId('outbox', random);
  const run = { customerId: customer.id, jobId: newId('job', random), now, verb: 'upgrade' as const };
  return {
    writes: [
      ...deploymentStore.desire({ ...run, phase: deployment.phase, plan: next.plan, drainWindowEnd: null }),
      ringWaiting(customer.id, doorbellId, now),
    ],
    outbox: [doorbellId],
  };
}
