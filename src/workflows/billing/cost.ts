/** What a customer's running period costs so far: its usage by plan stretch, rated. Reads only. */
import type { CostAnswer } from '../../contracts/cost.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { iso } from '../../lib/time.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { findGapsOf, type UsageReads } from '../metering/read-usage.ts';
import { currentPeriod } from './current-period.ts';
import { ratePeriod } from './rate-period.ts';

/** The period so far, rated. A trial is rated and shown, never invoiced. Two steps: control database, then the shard. */
export async function costOf(reads: UsageReads, { customer, subscription }: WholeCustomer): Promise<CostAnswer> {
  const [basis, period, metering] = await Promise.all([
    findRatingBasis(reads.db, customer.id),
    currentPeriod(reads.db, { id: customer.id, status: subscription.status }, reads.now),
    meteringOf(reads.db, customer.id),
  ]);
  const [rated, gaps] = await Promise.all([
    ratePeriod(shardOf(reads, customer), customer.seq, period, basis),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  return {
    customer_id: customer.id,
    period: { start: iso(period.start), end: iso(period.end) },
    plan: subscription.plan,
    status: subscription.status,
    currency: 'usd',
    complete: gaps.length === 0,
    invoiceable: period.invoiceable,
    lines: rated.lines,
    total_cents: rated.totalCents,
  };
}
