/**
 * Registers a cluster. A doorbell queue is one cluster's: two that shared one would ack each other's doorbells. Its keys are owned by ids of its own, because
 * the cluster's id is a word of the operator's.
 */
import type { ClusterRow } from '../../clusters/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export type ClusterInput = Pick<ClusterRow, 'id' | 'queueBinding' | 'namespacesMax' | 'servicesMax' | 'storageClass'>;

export async function makeCluster({ db, now, random }: Context, input: ClusterInput): Promise<Planned<ClusterRow>> {
  const other = await clusterStore.findByQueue(db, input.queueBinding);
  if (other !== null && other !== input.id) {
    return err({
      code: 'queue_taken',
      message: `the queue ${input.queueBinding} is the doorbell of the cluster ${other}`,
    });
  }
  const row: ClusterRow = {
    ...input,
    keyOwner: newId('cluster', random),
    tokenOwner: newId('provisioner', random),
    createdAt: now,
  };
  return ok({
    value: row,
    writes: [clusterStore.guardQueueFree(input), clusterStore.insert(row)],
    audit: [{ action: 'cluster.created', subject: input.id }],
    refused: (constraint) =>
      constraint.includes('clusters.id')
        ? { code: 'cluster_exists', message: `a cluster called ${input.id} exists` }
        : null,
  });
}
