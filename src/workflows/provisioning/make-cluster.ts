/** Clusters and their credentials, each with its audit row in the same batch. */
import { record } from '../../audit/store.ts';
import type { ClusterRow } from '../../clusters/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import * as credentialStore from '../../credentials/store.ts';
import { commit } from '../../db/client.ts';
import { ConstraintFailed } from '../../db/failure.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Deps } from '../deps.ts';

export type ClusterInput = Pick<ClusterRow, 'id' | 'queueBinding' | 'namespacesMax' | 'servicesMax' | 'storageClass'>;
export type ClusterFailure = { code: 'cluster_exists' | 'not_found'; message: string };

/** Registers a cluster. Its keys are owned by ids of its own, because the cluster's id is a word of the operator's. */
export async function makeCluster(
  deps: Deps,
  input: ClusterInput,
  receipt: (row: ClusterRow) => Promise<Write[]>,
): Promise<Result<ClusterRow, ClusterFailure>> {
  const { db, now, random } = deps;
  const row: ClusterRow = {
    ...input,
    keyOwner: newId('cluster', random),
    tokenOwner: newId('provisioner', random),
    createdAt: now,
  };
  try {
    await commit(db, [
      clusterStore.insert(row),
      record(random, deps.actor, now, { action: 'cluster.created', subject: input.id }),
      ...(await receipt(row)),
    ]);
    return ok(row);
  } catch (error) {
    if (!(error instanceof ConstraintFailed && error.constraint.includes('clusters.id'))) throw error;
    return err({ code: 'cluster_exists', message: `a cluster called ${input.id} exists` });
  }
}

export interface MadeClusterCredential {
  keyId: string;
  secret: string;
}

/** Makes a provisioner token or a cluster key, shown once. */
export async function makeClusterCredential(
  deps: Deps,
  clusterId: string,
  kind: 'provisioner' | 'cluster',
  receipt: (made: MadeClusterCredential) => Promise<Write[]>,
): Promise<Result<MadeClusterCredential, ClusterFailure>> {
  const { db, now, random } = deps;
  const found = await clusterStore.find(db, clusterId);
  if (!found) return err({ code: 'not_found', message: 'there is nothing here, or not for you' });
  const ownerId = kind === 'provisioner' ? found.cluster.tokenOwner : found.cluster.keyOwner;
  const made = { keyId: newId('credential', random), secret: newKey(ownerId, random) };
  const hash = await sha256Hex(made.secret);
  const deed = { action: `cluster.${kind}_credential_created`, subject: clusterId, details: { key_id: made.keyId } };
  await commit(db, [
    credentialStore.insert({ id: made.keyId, kind, ownerId, hash, name: clusterId, role: null, createdAt: now }),
    record(random, deps.actor, now, deed),
    ...(await receipt(made)),
  ]);
  return ok(made);
}
