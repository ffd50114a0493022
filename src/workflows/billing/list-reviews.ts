/** Lists the replacements that did not take effect, held ones and conflicting ones, of every shard, with what accepting one would move. */
import { namesOf } from '../../usage/names-store.ts';
import { heldTimes, listReviews, type ReviewRow } from '../../usage/review-store.ts';
import { newestOf } from '../metering/newest-of.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { weighReviews } from './weigh-reviews.ts';

/** A review with the names of what it is about. */
export interface ListedReview {
  row: ReviewRow;
  customerId: string;
  namespace: string;
  instanceId: string;
  /** Of an open one what accepting it would move, by itself; of an accepted one what it moved; else null. */
  deltaCents: number | null;
}

/** A page of reviews, newest first. */
export async function readReviews(
  reads: UsageReads,
  { state, page, limit }: { state: ReviewRow['state']; page: number; limit: number },
): Promise<{ reviews: ListedReview[]; total: number }> {
  const found = await newestOf(
    reads.shards,
    { page, limit },
    {
      timesOf: (db, count) => heldTimes(db, state, count),
      rowsOf: (db, count, offset) => listReviews(db, state, count, offset),
      timeOf: ({ heldAt }) => heldAt,
    },
  );
  const rows = found.items.map(({ row }) => row);
  const deltas = await weighReviews(reads, found.items);
  const names = await namesOf(reads.db, {
    customers: rows.map((r) => r.customerSeq),
    reporters: rows.map((r) => r.reporterSeq),
    projects: rows.map((r) => r.projectSeq),
  });
  const reviews = rows.map((row) => ({
    row,
    customerId: names.customers.get(row.customerSeq) ?? `#${row.customerSeq}`,
    namespace: names.projects.get(row.projectSeq) ?? `#${row.projectSeq}`,
    instanceId: names.reporters.get(row.reporterSeq) ?? `#${row.reporterSeq}`,
    deltaCents: deltas.get(row.id) ?? row.deltaCents,
  }));
  return { reviews, total: found.total };
}
