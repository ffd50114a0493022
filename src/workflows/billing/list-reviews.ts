/** Lists the replacements that did not take effect, held ones and conflicting ones, of every shard, with what accepting one would move. */

import type { z } from 'zod';
import type { ReviewList, reviewsQuery } from '../../contracts/reviews.ts';
import type { Quantities } from '../../contracts/usage.ts';
import { iso, secondMs } from '../../lib/time.ts';
import { shownOf } from '../../usage/correction.ts';
import { namesOf } from '../../usage/names-store.ts';
import { heldTimes, listReviews, type ReviewRow, storedQuantities } from '../../usage/review-store.ts';
import { newestOf } from '../metering/newest-of.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { weighReviews } from './weigh-reviews.ts';

const fieldsOf = (json: string, seconds: number): Quantities => shownOf(storedQuantities(json), seconds);

/** A page of reviews, newest first. */
export async function readReviews(reads: UsageReads, query: z.output<typeof reviewsQuery>): Promise<ReviewList> {
  const { state, page, limit } = query;
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
  const toWire = (row: ReviewRow): ReviewList['items'][number] => ({
    review_id: row.id,
    customer_id: names.customers.get(row.customerSeq) ?? `#${row.customerSeq}`,
    namespace: names.projects.get(row.projectSeq) ?? `#${row.projectSeq}`,
    instance_id: names.reporters.get(row.reporterSeq) ?? `#${row.reporterSeq}`,
    window_start: iso(row.windowEnd - row.seconds * secondMs),
    window_end: iso(row.windowEnd),
    reason: row.reason,
    state: row.state,
    held_at: iso(row.heldAt),
    delta_cents: deltas.get(row.id) ?? row.deltaCents,
    decision:
      row.decidedAt === null
        ? null
        : { at: iso(row.decidedAt), by: row.decidedBy ?? '', reason: row.decisionReason ?? '' },
    standing: { revision: row.standingRevision, quantities: fieldsOf(row.standingQuantities, row.seconds) },
    proposed: {
      revision: row.revision,
      complete: row.complete === 1,
      gap_seconds: row.gapMs / secondMs,
      quantities: fieldsOf(row.quantities, row.seconds),
    },
  });
  return {
    items: rows.map(toWire),
    total: found.total,
    page,
    limit,
  };
}
