/** Lists the replacements that did not take effect: held ones and conflicting ones, of every shard. */

import type { z } from 'zod';
import type { Quantities, ReviewList, reviewsQuery } from '../../contracts/usage.ts';
import { openDb } from '../../db/client.ts';
import { iso, secondMs } from '../../lib/time.ts';
import { fromBase, quantities } from '../../usage/meters.ts';
import { namesOf } from '../../usage/names-store.ts';
import { heldTimes, listReviews, type ReviewRow, storedQuantities } from '../../usage/review-store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';

const fieldsOf = (json: string, seconds: number): Quantities => {
  const values = storedQuantities(json);
  const reported = quantities.filter((q) => values[q.bit] != null);
  return Object.fromEntries(reported.map((q) => [q.field, fromBase(q, values[q.bit] ?? 0, seconds)]));
};

/** The rows of a page, newest first over all shards; each shard gives only its part of the page. */
async function pageOf(reads: UsageReads, { state, page, limit }: z.output<typeof reviewsQuery>) {
  const offset = (page - 1) * limit;
  const shards = await Promise.all(
    reads.shards.map(async (shard) => {
      const db = openDb(shard);
      return { db, ...(await heldTimes(db, state, offset + limit)) };
    }),
  );
  const order = shards
    .flatMap(({ times }, shard) => times.map((heldAt) => ({ shard, heldAt })))
    .sort((a, b) => b.heldAt - a.heldAt);
  const partOf = (from: number, to: number, shard: number) =>
    order.slice(from, to).filter((place) => place.shard === shard).length;
  const parts = await Promise.all(
    shards.map(({ db }, shard) => {
      const taken = partOf(offset, offset + limit, shard);
      return taken === 0 ? [] : listReviews(db, state, taken, partOf(0, offset, shard));
    }),
  );
  const rows = parts.flat().sort((a, b) => b.heldAt - a.heldAt);
  return { rows, total: shards.reduce((t, { total }) => t + total, 0) };
}

/** A page of reviews, newest first. */
export async function readReviews(reads: UsageReads, query: z.output<typeof reviewsQuery>): Promise<ReviewList> {
  const { rows, total } = await pageOf(reads, query);
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
    total,
    page: query.page,
    limit: query.limit,
  };
}
