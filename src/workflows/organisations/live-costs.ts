/** What the projects of some customers cost by now, as the sockets of their organisation are told. Reads only. */
import type { LiveMessage } from '../../contracts/organisation-billing.ts';
import { isoOrNull } from '../../lib/time.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { findScope, withProjects } from './find-scope.ts';
import { readNow } from './read-now.ts';

const centsPerDollar = 100;

/** A message for each project of the customers. Two steps: control database, then the shards. */
export async function liveCosts(
  reads: UsageReads,
  organisationId: string,
  customerIds: readonly string[],
): Promise<LiveMessage[]> {
  const found = await findScope(reads, { principal: { kind: 'organisation', organisationId, keyId: 'live' } });
  if (!found.ok) return [];
  const changed = found.value.projects.filter(({ customerId }) => customerIds.includes(customerId));
  const now = await readNow(reads, withProjects(found.value, changed));
  return now.map(({ project, totalCents, hourCents, asOf }) => ({
    type: 'cost',
    namespace: project.namespace,
    cluster_id: project.clusterId,
    current_month_total: totalCents / centsPerDollar,
    total_cost_per_hour: hourCents / centsPerDollar,
    as_of: isoOrNull(asOf),
  }));
}
