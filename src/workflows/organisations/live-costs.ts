/** What the projects of some customers cost by now, for the sockets of their organisation. Reads only. */
import type { UsageReads } from '../metering/usage-reads.ts';
import { findScope, withProjects } from './find-scope.ts';
import { type ProjectNow, readNow } from './read-now.ts';

/** What each project of the customers. Two steps: control database, then the shards. */
export async function liveCosts(
  reads: UsageReads,
  organisationId: string,
  customerIds: readonly string[],
): Promise<ProjectNow[]> {
  const found = await findScope(reads, { principal: { kind: 'organisation', organisationId, keyId: 'live' } });
  if (!found.ok) return [];
  const changed = found.value.projects.filter(({ customerId }) => customerIds.includes(customerId));
  return readNow(reads, withProjects(found.value, changed));
}
