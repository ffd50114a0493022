/**
 * What a change of some windows moves: the periods that hold them, rated as they stand and as they would be, by the function
 * that rates the bill. Reads only.
 */
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { Db } from '../../db/client.ts';
import { holds } from '../../periods/period.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import { type LineChange, lineChangesBetween } from '../../pricing/bill-change.ts';
import { rate } from '../../pricing/rate.ts';
import { findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import type { Stretch } from '../../pricing/stretch.ts';
import type { ChangedWindow } from '../../usage/correction.ts';
import { allPeriods } from './current-period.ts';
import { changedStretches, usedStretches } from './rate-period.ts';

/** What the rating of a customer's periods begins with. */
export interface BillGround {
  customerSeq: number;
  basis: RatingBasis;
  /** Oldest first. */
  periods: readonly BilledPeriod[];
}

/** One step in the control database. */
export async function findBillGround(
  db: Db,
  customer: { id: string; seq: number; status: SubscriptionStatus },
  now: number,
): Promise<BillGround> {
  const [basis, periods] = await Promise.all([findRatingBasis(db, customer.id), allPeriods(db, customer, now)]);
  return { customerSeq: customer.seq, basis, periods };
}

export interface Moved {
  deltaCents: number;
  lines: LineChange[];
  /** The period that holds the last of the windows; null where none does: nothing of it is billed then. */
  period: BilledPeriod | null;
}

/** Reads what was used in a period: of several changes in one period once, where they are asked about together. */
export type ReadUsed = (shard: Db, ground: BillGround, period: BilledPeriod) => Promise<readonly Stretch[]>;

const readUsed: ReadUsed = (shard, { customerSeq, basis }, period) => usedStretches(shard, customerSeq, period, basis);

/** What the windows move. Two steps in the shard. @throws AmountOutOfRange */
export async function rateChange(
  shard: Db,
  ground: BillGround,
  windows: readonly ChangedWindow[],
  read: ReadUsed = readUsed,
): Promise<Moved> {
  const periodOf = ({ windowEnd }: ChangedWindow) => ground.periods.find((period) => holds(period, windowEnd)) ?? null;
  const moved = [...Map.groupBy(windows, periodOf)].map(async ([period, own]): Promise<LineChange[]> => {
    if (period === null) return [];
    const used = await read(shard, ground, period);
    const changed = await changedStretches(shard, ground.customerSeq, used, own);
    return lineChangesBetween(rate({ period, stretches: used }), rate({ period, stretches: changed }));
  });
  const lines = (await Promise.all(moved)).flat();
  const last = windows.at(-1);
  return {
    deltaCents: lines.reduce((cents, { beforeCents, afterCents }) => cents + afterCents - beforeCents, 0),
    lines,
    period: last ? periodOf(last) : null,
  };
}
