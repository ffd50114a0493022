/** What accepting reviews would move of their periods' bills: each by itself, or one after another. Reads only. */
import { findNumbered } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import type { ChangedWindow } from '../../usage/correction.ts';
import { findWindows } from '../../usage/correction-store.ts';
import { type ReviewRow, storedQuantities } from '../../usage/review-store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { ownedNow } from './owned-reviews.ts';
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

/** The window as it would be; null where none stands. */
async function changeOf(shard: Db, row: ReviewRow): Promise<ChangedWindow | null> {
  const standing = (await findWindows(shard, [row])).get(0);
  if (!standing) return null;
  const { windowEnd, reporterSeq, projectSeq, seconds } = row;
  const { revision, values: before } = standing;
  const after = storedQuantities(row.quantities);
  return { windowEnd, reporterSeq, projectSeq, seconds, standing: revision, before, after };
}

/** Cents that a review moves; null where no window stands. */
export type Weigh = (shard: Db, ground: BillGround, row: ReviewRow) => Promise<number | null>;

/** Each by itself, against what stands now. @param read what was used in a period */
const alone =
  (read?: ReadUsed): Weigh =>
  async (shard, ground, row) => {
    const window = await changeOf(shard, row);
    return window && (await rateChange(shard, ground, [window], read)).deltaCents;
  };
export const weigh = alone();

/** What was used in a period is read once. */
function readingOnce(): ReadUsed {
  const used = new Map<string, ReturnType<ReadUsed>>();
  return (shard, ground, period) => {
    const name = `${ground.customerSeq}/${period.start}`;
    const known = used.get(name) ?? usedStretches(shard, ground.customerSeq, period, ground.basis);
    used.set(name, known);
    return known;
  };
}

/** Each as if those before it had been accepted: allowances are pooled, so what some move together is no sum of what each does alone. */
export function inTurn(): Weigh {
  const read = readingOnce();
  const before = new Map<number, { windows: ChangedWindow[]; cents: number }>();
  return async (shard, ground, row) => {
    const window = await changeOf(shard, row);
    if (!window) return null;
    const { windows: others, cents } = before.get(ground.customerSeq) ?? { windows: [], cents: 0 };
    const windows = [...others, window];
    const { deltaCents } = await rateChange(shard, ground, windows, read);
    before.set(ground.customerSeq, { windows, cents: deltaCents });
    return deltaCents - cents;
  };
}

/** What each of the open ones would move by itself, by its id; none of which nothing may take effect any more. */
export async function weighReviews(
  reads: UsageReads,
  reviews: readonly { shard: Db; row: ReviewRow }[],
): Promise<ReadonlyMap<string, number>> {
  const open = reviews.filter(({ row }) => row.state === 'open');
  const rows = open.map(({ row }) => row);
  const [grounds, owned] = await Promise.all([findGrounds(reads, rows), ownedNow(reads.db, rows)]);
  const weighOne = alone(readingOnce());
  const weighed = open.map(async ({ shard, row: held }): Promise<[string, number][]> => {
    const row = owned.get(held.id)?.row;
    const ground = grounds.get(held.customerSeq);
    const cents = ground && row ? await weighOne(shard, ground, row) : null;
    return cents === null ? [] : [[held.id, cents]];
  });
  return new Map((await Promise.all(weighed)).flat());
}
