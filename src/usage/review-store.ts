/** Held replacements of one shard. Reads only; the triggers write them. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

export interface ReviewRow {
  customerSeq: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  revision: number;
  reason: 'lowered' | 'late' | 'revision_conflict';
  state: 'open' | 'superseded';
  heldAt: number;
  seconds: number;
  standingRevision: number;
  /** JSON arrays of base units in the catalogue's order. */
  standingQuantities: string;
  quantities: string;
  complete: number;
  gapMs: number;
}

/** The newest `limit` rows of a state, and how many there are. */
export async function listReviews(
  db: Db,
  state: ReviewRow['state'],
  limit: number,
): Promise<{ rows: ReviewRow[]; total: number }> {
  const rows = await db.all<ReviewRow>(sql`SELECT customer_seq AS customerSeq, window_end AS windowEnd,
      reporter_seq AS reporterSeq, project_seq AS projectSeq, revision, reason, state, held_at AS heldAt, seconds,
      standing_revision AS standingRevision, standing_quantities AS standingQuantities, quantities, complete,
      gap_ms AS gapMs
    FROM reviews WHERE state = ${state} ORDER BY held_at DESC, customer_seq, window_end LIMIT ${limit}`);
  const counted = await db.all<{ total: number }>(sql`SELECT count(*) AS total FROM reviews WHERE state = ${state}`);
  return { rows, total: counted[0]?.total ?? 0 };
}
