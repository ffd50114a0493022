/** Routes of clusters, for admins: made, listed, given provisioner tokens and keys. */

import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import type { clusterCredentialBody } from '../contracts/organisations.ts';
import * as routes from '../contracts/routes/clusters.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { iso, msOrNull } from '../lib/time.ts';
import { makeCluster } from '../workflows/provisioning/make-cluster.ts';
import { makeClusterCredential } from '../workflows/provisioning/make-cluster-credential.ts';
import { type ClusterRow, list } from './store.ts';

const toCluster = (row: ClusterRow, used: number) => ({
  cluster_id: row.id,
  queue_binding: row.queueBinding,
  namespaces_max: row.namespacesMax,
  services_max: row.servicesMax,
  storage_class: row.storageClass,
  namespaces_used: used,
  created_at: iso(row.createdAt),
});

const create = deed({
  ...routes.createCluster,
  plan: async (context, { body, env }) => {
    if (!env.doorbell(body.queue_binding)) return refuse(noSuchQueue);
    return await makeCluster(context, {
      id: body.cluster_id,
      queueBinding: body.queue_binding,
      namespacesMax: body.namespaces_max,
      servicesMax: body.services_max,
      storageClass: body.storage_class,
    });
  },
  answer: (row) => json(201, { success: true, cluster: toCluster(row, 0) }),
});

const noSuchQueue: Failure = {
  code: 'validation_failed',
  message: 'queue_binding: the Worker has no such queue',
  details: { issues: [{ path: 'queue_binding', message: 'the Worker has no such doorbell queue (DOORBELL_…)' }] },
};

const listRoute = endpoint({
  ...routes.listClusters,
  handle: async ({ db, query }) => {
    const found = await list(db, query.page, query.limit);
    const items = found.rows.map((row) => toCluster(row.cluster, row.used));
    return reply(200, { items, total: found.total, page: query.page, limit: query.limit });
  },
});

const wishOf = ({ name, expires_at }: z.output<typeof clusterCredentialBody>) => ({
  name: name ?? null,
  expiresAt: msOrNull(expires_at),
});

const makeToken = deed({
  ...routes.makeClusterToken,
  plan: (context, call) => makeClusterCredential(context, param(call, 'clusterId'), 'provisioner', wishOf(call.body)),
  answer: ({ keyId, secret }) => json(201, { success: true, key_id: keyId, token: secret }),
});

const makeKey = deed({
  ...routes.makeClusterKey,
  plan: (context, call) => makeClusterCredential(context, param(call, 'clusterId'), 'cluster', wishOf(call.body)),
  answer: ({ keyId, secret }) => json(201, { success: true, key_id: keyId, api_key: secret }),
});

export const clusterEndpoints: readonly Endpoint[] = [create, listRoute, makeToken, makeKey];
