/** Held replacements of one shard. The triggers of `windows` make them; here stands what a person decides of one. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { type Write, write } from '../db/write.ts';
import { dayMs } from '../lib/time.ts';
import { quantities } from './meters.ts';
import { guardMinimumVersions } from './minimum-version-store.ts';

export interface ReviewRow {
  id: string;
  customerSeq: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  revision: number;
  reason: 'lowered' | 'late' | 'revision_conflict' | 'repeated' | 'corrected';
  state: 'open' | 'superseded' | 'accepted' | 'rejected';
  heldAt: number;
  seconds: number;
  standingRevision: number;
  /** JSON of base units, which `storedQuantities` reads. */
  standingQuantities: string;
  quantities: string;
  complete: number;
  gapMs: number;
  /** Null until a person has decided, as the next two. */
  decidedAt: number | null;
  decidedBy: string | null;
  decisionReason: string | null;
  decidedRequest: string | null;
  /** What an accepted one moved, cents; null of any other. */
  deltaCents: number | null;
}

const columns = sql.raw(`id, customer_seq AS customerSeq, window_end AS windowEnd, reporter_seq AS reporterSeq,
  project_seq AS projectSeq, revision, reason, state, held_at AS heldAt, seconds, standing_revision AS standingRevision,
  standing_quantities AS standingQuantities, quantities, complete, gap_ms AS gapMs, decided_at AS decidedAt,
  decided_by AS decidedBy, decision_reason AS decisionReason, decided_request AS decidedRequest,
  delta_cents AS deltaCents`);

/**
 * When each of the newest `limit` was held, newest first, and how many there are: what a page of several shards is chosen
 * by. An index has them, so that a page far back does not read the reviews before it.
 */
export async function heldTimes(
  db: Db,
  state: ReviewRow['state'],
  limit: number,
): Promise<{ times: number[]; total: number }> {
  const rows = await db.all<{ heldAt: number }>(sql`SELECT held_at AS heldAt FROM reviews WHERE state = ${state}
    ORDER BY held_at DESC LIMIT ${limit}`);
  const counted = await db.all<{ total: number }>(sql`SELECT count(*) AS total FROM reviews WHERE state = ${state}`);
  return { times: rows.map((row) => row.heldAt), total: counted[0]?.total ?? 0 };
}

/** Rows of a state, newest first; the key settles the order of those held at one time, or pages would overlap. */
export async function listReviews(
  db: Db,
  state: ReviewRow['state'],
  limit: number,
  offset: number,
): Promise<ReviewRow[]> {
  return await db.all<ReviewRow>(sql`SELECT ${columns} FROM reviews WHERE state = ${state}
    ORDER BY held_at DESC, customer_seq DESC, window_end DESC, reporter_seq DESC, project_seq DESC, revision DESC
    LIMIT ${limit} OFFSET ${offset}`);
}

/**
 * Base units in the catalogue's order from the JSON of a review or a change: an object by column, or an array, as the first
 * release stored it.
 */
export function storedQuantities(text: string): (number | null)[] {
  const stored = JSON.parse(text) as (number | null)[] | Record<string, number>;
  return quantities.map((q) => (Array.isArray(stored) ? stored[q.bit] : stored[q.column]) ?? null);
}

/** The review with other quantities, base units in the catalogue's order. */
export const withQuantities = (row: ReviewRow, values: readonly (number | null)[]): ReviewRow => ({
  ...row,
  quantities: JSON.stringify(
    Object.fromEntries(quantities.flatMap((q) => (values[q.bit] == null ? [] : [[q.column, values[q.bit]]]))),
  ),
});

/** The reviews of those ids that lie in this shard. */
export const findReviews = (db: Db, ids: readonly string[]): Promise<ReviewRow[]> =>
  db.all<ReviewRow>(
    sql`SELECT ${columns} FROM reviews WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
  );

/** What a person has decided of a review. */
export interface Decision {
  at: number;
  by: string;
  requestId: string;
  reason: string;
}

const decided = (d: Decision) =>
  sql`decided_at = ${d.at}, decided_by = ${d.by}, decided_request = ${d.requestId}, decision_reason = ${d.reason}`;

const guardOpen = (id: string): Write =>
  guard('review_open', sql`EXISTS (SELECT 1 FROM reviews WHERE id = ${id} AND state = 'open')`);

/** What stands goes on standing. The same revision reported again stays rejected: its review is there already. */
export const reject = (id: string, decision: Decision): Write[] => [
  guardOpen(id),
  write(sql`UPDATE reviews SET state = 'rejected', ${decided(decision)} WHERE id = ${id}`),
];

/**
 * The replacement takes effect, whole, under its own revision or, where that is the one that stands (a conflict), the next
 * one; the triggers let it past and leave a change. Its day is to be rolled up anew. In this order: the trigger that
 * holds replacements looks for the accepted review.
 * @param row with the quantities that take effect
 * @param ownershipVersion by which count of the customer's ownership these were judged
 * @param deltaCents what it moves
 */
export function accept(
  row: ReviewRow,
  ownershipVersion: number,
  decision: Decision,
  deltaCents: number | null,
): Write[] {
  const window = sql`customer_seq = ${row.customerSeq} AND window_end = ${row.windowEnd}
    AND reporter_seq = ${row.reporterSeq} AND project_seq = ${row.projectSeq}`;
  const values = storedQuantities(row.quantities);
  const cells = quantities.map((q) => sql`${sql.raw(q.column)} = ${values[q.bit] ?? null}`);
  return [
    guardOpen(row.id),
    guardMinimumVersions([{ customerSeq: row.customerSeq, ownershipVersion }]),
    write(sql`UPDATE reviews SET state = 'accepted', ${decided(decision)}, delta_cents = ${deltaCents},
      accepted_revision = max(revision, 1 + (SELECT revision FROM windows WHERE ${window})) WHERE id = ${row.id}`),
    write(sql`UPDATE windows SET accepted_at = ${decision.at}, gaps = NULL, ${sql.join(cells, sql`, `)},
      (revision, complete, gap_ms, missing, missing_high) =
        (SELECT accepted_revision, complete, gap_ms, missing, missing_high FROM reviews WHERE id = ${row.id})
      WHERE ${window}`),
    write(sql`INSERT OR IGNORE INTO dirty_days (customer_seq, day)
      VALUES (${row.customerSeq}, ${Math.floor((row.windowEnd - 1) / dayMs)})`),
  ];
}

/** Whether a replacement of a window that ends in (from, to] waits for a person. */
export async function hasOpen(
  db: Db,
  customerSeq: number,
  { from, to }: { from: number; to: number },
): Promise<boolean> {
  const rows = await db.all(sql`SELECT 1 FROM reviews
    WHERE customer_seq = ${customerSeq} AND window_end > ${from} AND window_end <= ${to} AND state = 'open' LIMIT 1`);
  return rows.length > 0;
}
