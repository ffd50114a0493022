/** What the projects of some customers cost by now, as the sockets of their organisation are told. Reads only. */
import type { LiveMessage } from '../../contracts/organisation-billing.ts';
import { isoOrNull } from '../../lib/time.ts';
import { currentCut, currentOf, hourCents } from '../../organisations/current.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { findScope, withProjects } from './find-scope.ts';
import { readCosts } from './read-costs.ts';

const dollars = (cents: number): number => cents / 100;

/** A message for each project of the customers. Two steps, as the overview takes. */
export async function liveCosts(
  reads: UsageReads,
  organisationId: string,
  customerIds: readonly string[],
): Promise<LiveMessage[]> {
  const found = await findScope(reads, { principal: { kind: 'organisation', organisationId, keyId: 'live' } });
  if (!found.ok) return [];
  const { projects, rates } = found.value;
  const changed = projects.filter(({ customerId }) => customerIds.includes(customerId));
  const {
    buckets,
    columns,
    projects: costs,
  } = await readCosts(reads, withProjects(found.value, changed), currentCut(reads.now));
  const bySeq = new Map(costs.map((cost) => [cost.projectSeq, currentOf(cost, buckets, reads.now)]));
  return changed.flatMap(({ seq, namespace, clusterId }): LiveMessage[] => {
    const now = bySeq.get(seq);
    if (!now) return [];
    return [
      {
        type: 'cost',
        namespace,
        cluster_id: clusterId,
        current_month_total: dollars(now.totalCents),
        total_cost_per_hour: dollars(hourCents(now.hourUnits, now.hourEnd, rates, columns)),
        as_of: isoOrNull(now.asOf),
      },
    ];
  });
}
