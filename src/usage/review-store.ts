/** Held replacements of one shard. Reads only; the triggers write them. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { quantities } from './meters.ts';

export interface ReviewRow {
  customerSeq: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  revision: number;
  reason: 'lowered' | 'late' | 'revision_conflict' | 'repeated';
  state: 'open' | 'superseded';
  heldAt: number;
  seconds: number;
  standingRevision: number;
  /** JSON of base units, which `storedQuantities` reads. */
  standingQuantities: string;
  quantities: string;
  complete: number;
  gapMs: number;
}

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
  return await db.all<ReviewRow>(sql`SELECT customer_seq AS customerSeq, window_end AS windowEnd,
      reporter_seq AS reporterSeq, project_seq AS projectSeq, revision, reason, state, held_at AS heldAt, seconds,
      standing_revision AS standingRevision, standing_quantities AS standingQuantities, quantities, complete,
      gap_ms AS gapMs
    FROM reviews WHERE state = ${state}
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
