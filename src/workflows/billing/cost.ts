/** What a customer's running period costs so far: its usage by plan stretch, rated. Reads only. */
import type { CostAnswer } from '../../contracts/cost.ts';
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { CustomerRow, WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import { iso } from '../../lib/time.ts';
import { planVersionOf } from '../../pricing/catalogue.ts';
import { rate, type Segment } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { SpanSum } from '../../usage/history.ts';
import { quantities } from '../../usage/meters.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { deviceSpan, sumSpan } from '../../usage/span-store.ts';
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

async function segmentOf(shard: Db, customerSeq: number, stretch: PlanStretch): Promise<Segment> {
  const plan = planVersionOf(stretch.change.plan, stretch.change.planVersion);
  const span = { customerSeq, from: stretch.start, to: stretch.end };
  const [sums, devices] = await Promise.all([
    sumSpan(shard, span),
    'device_peak' in plan.prices ? deviceSpan(shard, span) : null,
  ]);
  const usage = byMeter(sums);
  if (devices) {
    usage['device_peak'] = new Decimal(devices.peak);
    usage['device_hours'] = new Decimal(devices.hours);
  }
  return { start: stretch.start, end: stretch.end, plan, usage };
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

/** The period so far, rated. A trial is rated and shown, never invoiced. Two steps: control database, then the shard. */
export async function costOf(reads: UsageReads, { customer, subscription }: WholeCustomer): Promise<CostAnswer> {
  const [basis, period, metering] = await Promise.all([
    findRatingBasis(reads.db, customer.id),
    currentPeriod(reads.db, { id: customer.id, status: subscription.status }, reads.now),
    meteringOf(reads.db, customer.id),
  ]);
  const shard = shardOf(reads, customer);
  const [segments, gaps] = await Promise.all([
    Promise.all(stretchesOf(period, basis.changes).map((stretch) => segmentOf(shard, customer.seq, stretch))),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  const rated = rate(segments, basis.overrides);
  return {
    customer_id: customer.id,
    period: { start: iso(period.start), end: iso(period.end) },
    plan: subscription.plan,
    status: subscription.status,
    currency: 'usd',
    complete: gaps.length === 0,
    invoiceable: isInvoiceable(customer, subscription),
    lines: rated.lines,
    total_cents: rated.totalCents,
  };
}
