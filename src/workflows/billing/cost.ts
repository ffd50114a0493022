/** What a period of a customer costs: its usage by stretch, rated. Reads only. */
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import type { Rated } from '../../pricing/rate.ts';
import { planAt } from '../../pricing/segments.ts';
import { findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import { type Metering, meteringOf } from '../../usage/names-store.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { allPeriods, choosePeriod, type PeriodChoice } from './current-period.ts';
import { ratePeriod } from './rate-period.ts';

/** A period, rated, with what an answer says of it. */
export interface Cost extends Rated {
  customerId: string;
  period: BilledPeriod;
  /** The plan of now, or of the period's end. */
  plan: string;
  status: SubscriptionStatus;
  /** Whether nothing expected is missing so far. */
  complete: boolean;
  invoiceable: boolean;
  /** Whether this is the customer's last period and over: none runs. */
  isOver: boolean;
}

/** What rating a period of a customer begins with. */
export interface Ground {
  basis: RatingBasis;
  period: BilledPeriod;
  metering: Metering;
  /** What an answer says beside lines and completeness. */
  head: Omit<Cost, keyof Rated | 'complete'>;
}

/** One step in the control database. Fails where there is no such period. */
export async function findGround(
  { db, now }: UsageReads,
  { customer: { id }, subscription: { status } }: WholeCustomer,
  choice: PeriodChoice,
): Promise<Result<Ground, Failure<'not_found'>>> {
  const [basis, periods, metering] = await Promise.all([
    findRatingBasis(db, id),
    allPeriods(db, { id, status }, now),
    meteringOf(db, id),
  ]);
  const chosen = choosePeriod(periods, choice, now);
  if (!chosen.ok) return chosen;
  const period = chosen.value;
  const head = {
    customerId: id,
    period,
    plan: planAt(basis.changes, Math.min(now, period.end - 1)).plan,
    status,
    invoiceable: period.invoiceable,
    isOver: period.end <= now && period === periods.at(-1),
  };
  return ok({ basis, period, metering, head });
}

/** A period, of the running one what it costs so far. Two steps: control database, then the shard. */
export async function costOf(
  reads: UsageReads,
  whole: WholeCustomer,
  choice: PeriodChoice,
): Promise<Result<Cost, Failure<'not_found'>>> {
  const ground = await findGround(reads, whole, choice);
  if (!ground.ok) return ground;
  const { basis, period, metering, head } = ground.value;
  const { customer } = whole;
  const [rated, gaps] = await Promise.all([
    ratePeriod(shardOf(reads, customer), customer.seq, period, basis),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  return ok({ ...head, ...rated, complete: gaps.length === 0 });
}
