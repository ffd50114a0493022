/** Lists what did not take effect: held replacements of every shard, and dead letters; replays a dead letter. */

import type { z } from 'zod';
import { record } from '../../audit/store.ts';
import type { Quantities, ReviewList, reviewsQuery } from '../../contracts/usage.ts';
import { commit, openDb } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso, secondMs } from '../../lib/time.ts';
import { findLetter, markReplayed } from '../../usage/dead-letter-store.ts';
import { readLoose } from '../../usage/message/row.ts';
import { fromBase, quantities } from '../../usage/meters.ts';
import { namesOf } from '../../usage/names-store.ts';
import { heldTimes, listReviews, type ReviewRow } from '../../usage/review-store.ts';
import type { Deps } from '../deps.ts';
import type { UsageReads } from './read-usage.ts';

const fieldsOf = (json: string, seconds: number): Quantities => {
  const values = JSON.parse(json) as (number | null)[];
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
    customer_id: names.customers.get(row.customerSeq) ?? `#${row.customerSeq}`,
    namespace: names.projects.get(row.projectSeq) ?? `#${row.projectSeq}`,
    instance_id: names.reporters.get(row.reporterSeq) ?? `#${row.reporterSeq}`,
    window_start: iso(row.windowEnd - row.seconds * secondMs),
    window_end: iso(row.windowEnd),
    reason: row.reason,
    state: row.state,
    held_at: iso(row.heldAt),
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

export type ReplayFailure =
  | { code: 'not_found' | 'already_replayed' | 'validation_failed'; message: string }
  | 'queue_down';

/** Sends a letter's rows again. It goes to the queue first: a mark without a message would lose it. */
export async function replayLetter(
  deps: Deps,
  queue: Queue,
  id: string,
  receipt: () => Promise<Write[]>,
): Promise<Result<null, ReplayFailure>> {
  const letter = await findLetter(deps.db, id);
  if (!letter) return err({ code: 'not_found', message: 'there is nothing here, or not for you' });
  if (letter.replayedAt !== null)
    return err({ code: 'already_replayed', message: 'this letter was sent again already' });
  if (!readLoose(letter.body)) {
    return err({ code: 'validation_failed', message: 'this letter is not a usage message and cannot be sent again' });
  }
  try {
    await queue.send(JSON.stringify(letter.body), { contentType: 'text' });
  } catch {
    return err('queue_down');
  }
  const deed = { action: 'dead_letter.replayed', subject: id, details: { code: letter.code } };
  await commit(deps.db, [
    markReplayed(letter, deps.now),
    record(deps.random, deps.actor, deps.now, deed),
    ...(await receipt()),
  ]);
  return ok(null);
}
