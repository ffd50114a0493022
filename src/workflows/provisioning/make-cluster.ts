/** Registers a cluster. Its keys are owned by ids of its own, because the cluster's id is a word of the operator's. */
import type { ClusterRow } from '../../clusters/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import { newId } from '../../lib/ids.ts';
import { ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export type ClusterInput = Pick<ClusterRow, 'id' | 'queueBinding' | 'namespacesMax' | 'servicesMax' | 'storageClass'>;

export async function makeCluster({ now, random }: Context, input: ClusterInput): Promise<Planned<ClusterRow>> {
  const row: ClusterRow = {
    ...input,
    keyOwner: newId('cluster', random),
    tokenOwner: newId('provisioner', random),
    createdAt: now,
  };
  return ok({
    value: row,
    writes: [clusterStore.insert(row)],
    audit: [{ action: 'cluster.created', subject: input.id }],
    refused: (constraint) =>
      constraint.includes('clusters.id')
        ? { code: 'cluster_exists', message: `a cluster called ${input.id} exists` }
        : null,
  });
}
