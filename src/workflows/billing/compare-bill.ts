/** One period of one customer, rated by the plans it had and by others. Reads only. */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Period, PeriodKind } from '../../periods/period.ts';
import { changesBetween, type MeterChange } from '../../pricing/bill-change.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { ratePeriod } from './rate-period.ts';

/** A period as rating takes it. */
export type RatedPeriod = Period & { kind: PeriodKind };

export interface BillComparison {
  beforeCents: number;
  afterCents: number;
  changes: MeterChange[];
  /** Whether the period's usage is all there. */
  complete: boolean;
}

/** Rates the period twice: a plan of the customer's is replaced by the proposed version of the same slug. */
export async function compareBill(
  reads: UsageReads,
  customer: CustomerRow,
  period: RatedPeriod,
  proposed: readonly PlanVersion[],
): Promise<BillComparison> {
  const [basis, metering] = await Promise.all([
    findRatingBasis(reads.db, customer.id),
    meteringOf(reads.db, customer.id),
  ]);
  const shard = shardOf(reads, customer);
  const [before, after, gaps] = await Promise.all([
    ratePeriod(shard, customer.seq, period, basis),
    ratePeriod(shard, customer.seq, period, under(basis, proposed)),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
  ]);
  return {
    beforeCents: before.totalCents,
    afterCents: after.totalCents,
    changes: changesBetween(before, after),
    complete: gaps.length === 0,
  };
}

/** The basis with the proposed versions in the place of the customer's own. */
function under(basis: RatingBasis, proposed: readonly PlanVersion[]): RatingBasis {
  const versions = new Map(proposed.map((version) => [version.plan, version.version]));
  const changes = basis.changes.map((change) => ({
    ...change,
    planVersion: versions.get(change.plan) ?? change.planVersion,
  }));
  const added = proposed.map((definition) => ({ state: 'draft' as const, definition }));
  return { ...basis, changes, catalogue: { versions: [...added, ...basis.catalogue.versions] } };
}
