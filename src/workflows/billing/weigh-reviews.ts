/** What accepting a review would move of its period's bill, each by itself. Reads only. */
import { findNumbered } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { findWindows } from '../../usage/correction-store.ts';
import { type ReviewRow, storedQuantities } from '../../usage/review-store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type BillGround, findBillGround, type ReadUsed, rateChange } from './rate-change.ts';
import { usedStretches } from './rate-period.ts';

/** What the customers of some reviews are rated by, by a customer's number. */
export async function findGrounds(
  { db, now }: Pick<UsageReads, 'db' | 'now'>,
  rows: readonly ReviewRow[],
): Promise<ReadonlyMap<number, BillGround>> {
  if (rows.length === 0) return new Map();
  const customers = await findNumbered(
    db,
    rows.map(({ customerSeq }) => customerSeq),
  );
  const grounds = await Promise.all(customers.map((customer) => findBillGround(db, customer, now)));
  return new Map(grounds.map((ground) => [ground.customerSeq, ground]));
}

/** Cents, against what stands now; null where no window stands. */
export async function weigh(shard: Db, ground: BillGround, row: ReviewRow, read?: ReadUsed): Promise<number | null> {
  const standing = (await findWindows(shard, [row])).get(0);
  if (!standing) return null;
  const { windowEnd, reporterSeq, projectSeq, seconds } = row;
  const { revision, values: before } = standing;
  const after = storedQuantities(row.quantities);
  const window = { windowEnd, reporterSeq, projectSeq, seconds, standing: revision, before, after };
  return (await rateChange(shard, ground, [window], read)).deltaCents;
}

/** What each of the open ones would move, by its id; what was used in a period is read once. */
export async function weighReviews(
  reads: UsageReads,
  reviews: readonly { shard: Db; row: ReviewRow }[],
): Promise<ReadonlyMap<string, number>> {
  const open = reviews.filter(({ row }) => row.state === 'open');
  const grounds = await findGrounds(
    reads,
    open.map(({ row }) => row),
  );
  const used = new Map<string, ReturnType<ReadUsed>>();
  const readOnce: ReadUsed = (shard, ground, period) => {
    const name = `${ground.customerSeq}/${period.start}`;
    const known = used.get(name) ?? usedStretches(shard, ground.customerSeq, period, ground.basis);
    used.set(name, known);
    return known;
  };
  const weighed = open.map(async ({ shard, row }): Promise<[string, number][]> => {
    const ground = grounds.get(row.customerSeq);
    const cents = ground ? await weigh(shard, ground, row, readOnce) : null;
    return cents === null ? [] : [[row.id, cents]];
  });
  return new Map((await Promise.all(weighed)).flat());
}
