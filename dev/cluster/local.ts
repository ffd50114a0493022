/** The embedded cluster `local` and its provisioner token, made over the admin API, as an operator makes one. */
import type { z } from 'zod';
import { type clusterBody, clusterList, clusterTokenAnswer } from '../../src/contracts/organisations.ts';
import { PlatformError } from '../problem.ts';

export const LOCAL_CLUSTER = 'local';
/** The Worker's binding of the local cluster's doorbell queue, as wrangler.toml names it. */
export const LOCAL_DOORBELL = 'DOORBELL_LOCAL';

const CALL_TIMEOUT_MS = 30_000;
const LIST_LIMIT = 100;

export type AdminApi = { url: string; token: string };

export async function call(api: AdminApi, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(path, api.url), {
    method,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new PlatformError(`${method} ${path} was answered with ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Makes the cluster when it is not there. */
export async function ensureLocalCluster(api: AdminApi): Promise<void> {
  const { items } = clusterList.parse(await call(api, 'GET', `/api/clusters?limit=${LIST_LIMIT}`));
  if (items.some(({ cluster_id }) => cluster_id === LOCAL_CLUSTER)) return;
  const body: z.input<typeof clusterBody> = { cluster_id: LOCAL_CLUSTER, queue_binding: LOCAL_DOORBELL };
  await call(api, 'POST', '/api/clusters', body);
}

/** A new provisioner token. One that was made but not kept (kill -9 in between) stays unused and unknown. */
export async function newProvisionerToken(api: AdminApi): Promise<string> {
  const answer = await call(api, 'POST', `/api/clusters/${LOCAL_CLUSTER}/tokens`, {});
  return clusterTokenAnswer.parse(answer).token;
}
