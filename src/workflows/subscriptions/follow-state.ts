/**
 * What a change of a subscription's state, plan or period means for the licence, the stack and the keys: the statements that
 * go into the batch of the change. Whether and how the subscription itself changes is its caller's.
 */
import * as credentialStore from '../../credentials/store.ts';
import type { SubscriptionRow, WholeCustomer } from '../../customers/store.ts';
import * as customerStore from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { verbOf } from '../../deployments/deployment.ts';
import { lastWindowEnd } from '../../deployments/drain.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { sameJson } from '../../lib/json.ts';
import { claimsOf, licensedUntil } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import { ringWaiting } from '../../outbox/store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { findDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import { endAllOfCustomer } from '../../sessions/store.ts';
import { meanings, stackOf } from '../../subscriptions/subscription.ts';
import type { Context } from '../deed.ts';
import { issueLicence, licenceSubject } from '../licensing/issue-licence.ts';
import { planClosePage } from './end-at-stripe.ts';

/** The subscription as it will be. */
export interface After {
  subscription: SubscriptionRow;
  plan: PlanVersion;
  /** The end of what is paid for, or free, ms: the licence says it. */
  periodEndsAt: number;
  /** Whether that is the end of a period of ours: of who pays by the year a month of usage, and the licence goes on to the year's. */
  isOwnPeriod: boolean;
  /** Why the licence is revoked, where the subscription has ended. */
  reason: string;
}

/** Statements, and the outbox rows among them that are to be delivered at once. */
export interface Entailed {
  writes: Write[];
  outbox: string[];
}

/** Everything that follows; nothing where nothing changes, however often it is asked. */
export async function followState(context: Context, before: WholeCustomer, after: After): Promise<Entailed> {
  const [licence, stack] = await Promise.all([newLicence(context, before, after), stackChange(context, before, after)]);
  const keys = lostKeys(context, before, after);
  const page = hasLeft(before, after) ? planClosePage(context, before) : nothing;
  return {
    writes: [...keys, ...licence, ...stack.writes, ...page.writes],
    outbox: [...stack.outbox, ...page.outbox],
  };
}

const nothing: Entailed = { writes: [], outbox: [] };

/** Whether the customer leaves with it. */
const hasLeft = ({ subscription }: WholeCustomer, after: After): boolean =>
  meanings[subscription.status].accountKeys && !meanings[after.subscription.status].accountKeys;

/** What a customer who has left loses beside the licence; the reporter's key stays until the last window is in. */
function lostKeys({ now }: Context, before: WholeCustomer, after: After): Write[] {
  if (!hasLeft(before, after)) return [];
  const { customer } = before;
  return [
    customerStore.setDeactivated(customer.id, now),
    credentialStore.revokeAll('account', customer.id, now),
    endAllOfCustomer(customer.id),
  ];
}

/** A licence of what is true by then; one that an operator has revoked comes back by another plan or state alone. */
async function newLicence(context: Context, before: WholeCustomer, after: After): Promise<Write[]> {
  const { id } = before.customer;
  const changed = after.subscription.status !== before.subscription.status || after.plan.plan !== before.plan.plan;
  if (meanings[after.subscription.status].licence === 'revoked') {
    return changed ? [licenceStore.revokeAll(id, after.reason, context.now)] : [];
  }
  const row = await licenceStore.newest(context.db, id);
  if (row !== null && row.revokedAt !== null && !changed) return [];
  const { subscription, plan, periodEndsAt, isOwnPeriod } = after;
  const last = row?.claims ?? null;
  const until = isOwnPeriod ? licensedUntil(subscription.interval, last, periodEndsAt) : periodEndsAt;
  const subject = licenceSubject({ ...before, subscription, plan }, until);
  if (row !== null && row.revokedAt === null) {
    const { jti, iss, iat, issuedAt } = row.claims;
    const same = { ...claimsOf(subject, iss, jti, 0), iat, issuedAt };
    if (sameJson(same, row.claims)) return [];
  }
  const licence = await issueLicence(context, actionOf(before, after), subject);
  // Whoever revokes it meanwhile means the next one as well, unless that is of another plan or state.
  return [...(row === null || changed ? [] : [licenceStore.guardInForce(row.jti)]), ...licence.writes];
}

function actionOf(before: WholeCustomer, after: After): licenceStore.LicenceRow['action'] {
  const [stood, stands] = [before.subscription, after.subscription].map(stackOf);
  if (stood !== stands) return stands === 'running' ? 'resumed' : 'suspended';
  if (after.plan.plan === before.plan.plan) return 'renewed';
  return after.plan.order > before.plan.order ? 'upgraded' : 'downgraded';
}

/** A run of the stack where it should stop or run again, or where the chart is given something else. */
async function stackChange(
  { db, random, now }: Context,
  { customer, deployment, plan }: WholeCustomer,
  after: After,
): Promise<Entailed> {
  const phase = stackOf(after.subscription) === 'running' ? 'running' : 'suspended';
  const chartOf = (version: PlanVersion) => [version.plan, version.chart.quota, version.monitoring];
  const stays = phase === deployment.phase && sameJson(chartOf(plan), chartOf(after.plan));
  if (deployment.phase === 'deleted' || stays) return { writes: [], outbox: [] };
  const doorbellId = newId('outbox', random);
  const drainWindowEnd =
    phase === 'suspended' ? lastWindowEnd(await findDeploymentReporter(db, customer.id), now) : null;
  const run = { customerId: customer.id, jobId: newId('job', random), now };
  const verb = phase === deployment.phase ? 'upgrade' : verbOf(deployment.phase, phase);
  return {
    writes: [
      ...deploymentStore.desire({ ...run, phase, plan: after.plan.plan, drainWindowEnd, verb }),
      ringWaiting(customer.id, doorbellId, now),
    ],
    outbox: [doorbellId],
  };
}
