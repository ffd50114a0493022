/** What a customer's running period costs so far: its usage by plan stretch, rated. Reads only. */
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { CustomerRow, WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Period } from '../../periods/period.ts';
import type { Rated } from '../../pricing/rate.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { findGapsOf, type UsageReads } from '../metering/read-usage.ts';
import { currentPeriod } from './current-period.ts';
import { ratePeriod } from './rate-period.ts';

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
  plan: string;
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
  const kind = subscription.status === 'trialing' ? 'trial' : 'paid';
  const [rated, gaps] = await Promise.all([
    ratePeriod(shardOf(reads, customer), customer.seq, { start: period.start, end: period.end, kind }, basis),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  return {
    ...rated,
    customerId: customer.id,
    period,
    plan: subscription.plan,
    status: subscription.status,
    complete: gaps.length === 0,
    invoiceable: isInvoiceable(customer, subscription),
  };
}
