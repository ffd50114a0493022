/** A customer's billing periods, and what was used outside of them. Reads only. */
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { findOf } from '../../invoices/store.ts';
import { outsideOf, type PeriodState, stateOf } from '../../periods/period.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import { type PlanChange, planAt } from '../../pricing/segments.ts';
import { findRatingBasis } from '../../pricing/store.ts';
import { countWindows, type RangeCount } from '../../usage/day-store.ts';
import { isGapIn } from '../../usage/gaps.ts';
import { meteringOf } from '../../usage/names-store.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { allPeriods } from './current-period.ts';

export interface ListedPeriod extends BilledPeriod {
  plan: Pick<PlanChange, 'plan' | 'planVersion'>;
  complete: boolean;
  state: PeriodState;
  /** The invoice that bills its usage; null while there is none. */
  invoiceId: string | null;
}

export interface PeriodPage {
  /** Newest first. */
  periods: ListedPeriod[];
  total: number;
  /** Windows that no period holds, oldest first. */
  unbilled: RangeCount[];
}

/** A page of periods. Two steps: control database, then the shard. */
export async function listPeriods(
  reads: UsageReads,
  { customer, subscription: { status } }: WholeCustomer,
  { page, limit }: { page: number; limit: number },
): Promise<PeriodPage> {
  const { db, now } = reads;
  const { id, seq } = customer;
  const [all, { changes }, metering, invoices] = await Promise.all([
    allPeriods(db, { id, status }, now),
    findRatingBasis(db, id),
    meteringOf(db, id),
    findOf(db, id),
  ]);
  const shown = all.toReversed().slice((page - 1) * limit, page * limit);
  const [from, to] = [shown.at(-1)?.start, shown[0]?.end];
  const [gaps, unbilled] = await Promise.all([
    from === undefined || to === undefined ? [] : findGapsOf(reads, customer, { from, to }, metering),
    countWindows(shardOf(reads, customer), seq, outsideOf(all, { start: 0, end: now })),
  ]);
  const periods = shown.map((period): ListedPeriod => {
    const complete = !gaps.some((gap) => isGapIn(gap, { from: period.start, to: period.end }));
    const plan = planAt(changes, Math.min(now, period.end - 1));
    const invoice = invoices.find((one) => one.periodStart === period.start && one.state !== 'void');
    const isBilled = invoice === undefined ? null : invoice.ratedAt !== null || invoice.finalizedAt !== null;
    return {
      ...period,
      plan,
      complete,
      state: stateOf(period, { complete, isBilled }, now),
      invoiceId: invoice?.id ?? null,
    };
  });
  return { periods, total: all.length, unbilled };
}
