/** What was reported by nobody who owned the meters then: a rule of the ledger, beside the shards' windows. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

/** Who has reported what of a customer, and between which edges; ms. */
interface Reported {
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  firstStart: number;
  lastEnd: number;
}

/** Those that no ownership of the control database covers: it began later, ended before, or never was. */
export const unowned = (
  control: Db,
  reported: readonly Reported[],
  limit: number,
): Promise<Record<string, unknown>[]> =>
  control.all<Record<string, unknown>>(sql`
    SELECT r.value ->> 'customerSeq' AS customer_seq, r.value ->> 'reporterSeq' AS reporter_seq,
      r.value ->> 'projectSeq' AS project_seq, r.value ->> 'firstStart' AS first_start, r.value ->> 'lastEnd' AS last_end
    FROM json_each(${JSON.stringify(reported)}) r
    WHERE NOT EXISTS (SELECT 1 FROM ownerships o WHERE o.reporter_seq = r.value ->> 'reporterSeq'
        AND o.project_seq = r.value ->> 'projectSeq' AND o.from_at <= r.value ->> 'firstStart')
      OR NOT EXISTS (SELECT 1 FROM ownerships o WHERE o.reporter_seq = r.value ->> 'reporterSeq'
        AND o.project_seq = r.value ->> 'projectSeq' AND (o.until_at IS NULL OR o.until_at >= r.value ->> 'lastEnd'))
    LIMIT ${limit}`);
