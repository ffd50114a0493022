/** What a customer's running period costs so far: its usage by plan stretch, rated. Reads only. */
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { PlanName } from '../../contracts/plans.ts';
import type { CustomerRow, WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import type { Period } from '../../periods/period.ts';
import { planVersionOf } from '../../pricing/catalogue.ts';
import { type Rated, rate } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { levelsOf, type Stretch } from '../../pricing/stretch.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { SpanSum } from '../../usage/history.ts';
import { quantities } from '../../usage/meters.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { levelSpan, sumSpan } from '../../usage/span-store.ts';
import { findGapsOf, type UsageReads } from '../metering/read-usage.ts';
import { currentPeriod } from './current-period.ts';

/** Sums per meter: two quantities of one meter (bytes in and out) are added. */
function byMeter(sums: readonly SpanSum[]): Record<string, Decimal> {
  const usage: Record<string, Decimal> = {};
  for (const q of quantities) {
    if (q.kind === 'peak') continue;
    const own = sums.reduce((t, s) => t.plus(s.values[q.bit] ?? 0), zero);
    usage[q.meter] = (usage[q.meter] ?? zero).plus(own);
  }
  return usage;
}

async function withUsage(shard: Db, customerSeq: number, cut: PlanStretch): Promise<Stretch> {
  const plan = planVersionOf(cut.plan, cut.planVersion);
  const span = { customerSeq, from: cut.start, to: cut.end };
  const [sums, levels] = await Promise.all([
    sumSpan(shard, span),
    Promise.all(levelsOf(plan).map(async (meter) => ({ meter, ...(await levelSpan(shard, span, meter)) }))),
  ]);
  const usage = byMeter(sums);
  for (const { meter, peak, hours } of levels) {
    usage[meter] = new Decimal(peak);
    if (meter === 'device_peak') usage['device_hours'] = new Decimal(hours);
  }
  return { start: cut.start, end: cut.end, plan, overrides: cut.overrides, usage };
}

/** A trial is never invoiced, nor one that was canceled before it ended. */
function isInvoiceable(
  customer: CustomerRow,
  subscription: { status: SubscriptionStatus; trialEndsAt: number | null },
): boolean {
  const { status, trialEndsAt } = subscription;
  const { deactivatedAt } = customer;
  const endedInTrial = deactivatedAt !== null && trialEndsAt !== null && deactivatedAt < trialEndsAt;
  return meanings[status].invoiced && !(status === 'canceled' && endedInTrial);
}

/** A period, rated, with what an answer says of it. */
export interface Cost extends Rated {
  customerId: string;
  period: Period;
  plan: PlanName;
  status: SubscriptionStatus;
  /** Whether nothing expected is missing so far. */
  complete: boolean;
  invoiceable: boolean;
}

/** The period so far, rated. A trial is rated and shown, never invoiced. Two steps: control database, then the shard. */
export async function costOf(reads: UsageReads, { customer, subscription }: WholeCustomer): Promise<Cost> {
  const [basis, period, metering] = await Promise.all([
    findRatingBasis(reads.db, customer.id),
    currentPeriod(reads.db, { id: customer.id, status: subscription.status }, reads.now),
    meteringOf(reads.db, customer.id),
  ]);
  const shard = shardOf(reads, customer);
  const cuts = stretchesOf(period, basis.changes, basis.overrides);
  const [stretches, gaps] = await Promise.all([
    Promise.all(cuts.map((cut) => withUsage(shard, customer.seq, cut))),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  const kind = subscription.status === 'trialing' ? 'trial' : 'paid';
  return {
    ...rate({ period: { start: period.start, end: period.end, kind }, stretches }),
    customerId: customer.id,
    period,
    plan: subscription.plan,
    status: subscription.status,
    complete: gaps.length === 0,
    invoiceable: isInvoiceable(customer, subscription),
  };
}
