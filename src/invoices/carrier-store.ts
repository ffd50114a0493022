/** Which invoice has what a correction of usage has moved. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

/** A correction, as far as an invoice may have it. Times in ms. */
export interface Moved {
  id: string;
  customerSeq: number;
  windowEnd: number;
  at: number;
}

/**
 * The first invoice whose lines were fixed after each, or are not fixed yet, and that bills the period that holds the window, or has a line
 * of it. None of those that no invoice has yet.
 */
export async function findCarriers(db: Db, moved: readonly Moved[]): Promise<ReadonlyMap<string, string>> {
  if (moved.length === 0) return new Map();
  const asked = moved.map(({ id, customerSeq, windowEnd, at }) => [id, customerSeq, windowEnd, at]);
  const rows = await db.all<{ id: string; invoiceId: string | null }>(sql`
    SELECT m.value ->> 0 AS id, (
      SELECT i.id FROM customers c
      JOIN billing_periods p ON p.customer_id = c.id AND p.start_at < m.value ->> 2 AND p.end_at >= m.value ->> 2
      JOIN invoices i ON i.customer_id = c.id
      WHERE c.seq = m.value ->> 1 AND i.state <> 'void'
        AND coalesce(i.rated_at, i.finalized_at, m.value ->> 3) >= m.value ->> 3
        AND (i.period_start = p.start_at OR EXISTS (SELECT 1 FROM invoice_lines l
          WHERE l.invoice_id = i.id AND l.by = 'tenantry' AND l.period_start = p.start_at))
      ORDER BY i.rated_at IS NULL, i.rated_at, i.id LIMIT 1) AS invoiceId
    FROM json_each(${JSON.stringify(asked)}) m`);
  return new Map(rows.flatMap(({ id, invoiceId }) => (invoiceId === null ? [] : [[id, invoiceId] as const])));
}
