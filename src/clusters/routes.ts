/** Clusters as admins see them. */
import { z } from 'zod';
import { pageQuery } from '../contracts/common.ts';
import {
  clusterAnswer,
  clusterBody,
  clusterKeyAnswer,
  clusterList,
  clusterTokenAnswer,
} from '../contracts/organisations.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import { iso } from '../lib/time.ts';
import { depsOf } from '../wiring.ts';
import { makeCluster, makeClusterCredential } from '../workflows/provisioning/make-cluster.ts';
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

const create = endpoint({
  method: 'post',
  path: '/api/clusters',
  summary: 'Register a cluster',
  allow: { admin: 'owner' },
  body: clusterBody,
  idempotent: true,
  answers: { 201: clusterAnswer },
  handle: async (call) => {
    const { body } = call;
    if (!call.env.doorbell(body.queue_binding)) {
      const issues = [{ path: 'queue_binding', message: 'the Worker has no such doorbell queue (DOORBELL_…)' }];
      return refuse({
        code: 'validation_failed',
        message: 'queue_binding: the Worker has no such queue',
        details: { issues },
      });
    }
    const input = {
      id: body.cluster_id,
      queueBinding: body.queue_binding,
      namespacesMax: body.namespaces_max,
      servicesMax: body.services_max,
      storageClass: body.storage_class,
    };
    const toWire = (row: ClusterRow) => ({ success: true, cluster: toCluster(row, 0) });
    const made = await makeCluster(depsOf(call), input, (row) => call.receipt(201, toWire(row)));
    return made.ok ? reply(201, toWire(made.value)) : refuse(made.error);
  },
});

const listRoute = endpoint({
  method: 'get',
  path: '/api/clusters',
  summary: 'Clusters with their capacity',
  allow: { admin: 'owner' },
  query: pageQuery,
  answers: { 200: clusterList },
  handle: async ({ db, query }) => {
    const found = await list(db, query.page, query.limit);
    const items = found.rows.map((row) => toCluster(row.cluster, row.used));
    return reply(200, { items, total: found.total, page: query.page, limit: query.limit });
  },
});

const makeToken = endpoint({
  method: 'post',
  path: '/api/clusters/:clusterId/tokens',
  summary: 'A provisioner token of the cluster, shown once',
  allow: { admin: 'owner' },
  body: z.strictObject({}),
  idempotent: true,
  answers: { 201: clusterTokenAnswer },
  handle: async (call) => {
    const toWire = (made: { keyId: string; secret: string }) => ({
      success: true,
      key_id: made.keyId,
      token: made.secret,
    });
    const made = await makeClusterCredential(depsOf(call), param(call, 'clusterId'), 'provisioner', (m) =>
      call.receipt(201, toWire(m)),
    );
    return made.ok ? reply(201, toWire(made.value)) : refuse(made.error);
  },
});

const makeKey = endpoint({
  method: 'post',
  path: '/api/clusters/:clusterId/keys',
  summary: 'A cluster key: usage of the customers placed there, shown once',
  allow: { admin: 'owner' },
  body: z.strictObject({}),
  idempotent: true,
  answers: { 201: clusterKeyAnswer },
  handle: async (call) => {
    const toWire = (made: { keyId: string; secret: string }) => ({
      success: true,
      key_id: made.keyId,
      api_key: made.secret,
    });
    const made = await makeClusterCredential(depsOf(call), param(call, 'clusterId'), 'cluster', (m) =>
      call.receipt(201, toWire(m)),
    );
    return made.ok ? reply(201, toWire(made.value)) : refuse(made.error);
  },
});

export const clusterEndpoints: readonly Endpoint[] = [create, listRoute, makeToken, makeKey];
