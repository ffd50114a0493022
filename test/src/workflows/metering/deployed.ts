/** Customers whose stack has been deployed, with the keys of both reporters, and what is done to them by hand. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import type { LeasedJob } from '../../../../src/contracts/jobs.ts';
import type { ReporterView } from '../../../../src/contracts/reporters.ts';
import { cryptoRandom } from '../../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import { drain, heldQueue } from '../../usage/story.ts';

export const api = makeApi();
export const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
export const applications = [
  'api_calls',
  'mqtt_bytes',
  'http_bytes',
  'device_peak',
  'device_total',
  'mqtt_messages',
  'postgres_mib_s',
  'postgres_rows',
  'postgres_transactions',
];

let token: string | null = null;
async function provisioner(): Promise<string> {
  token ??= (await ensureCluster(api)).provisionerToken;
  return token;
}

export const at = (time: string) => {
  api.clock.now = Date.parse(`2026-11-20T${time}:00Z`);
};

export const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: rootToken, body });

/** The customer's next lease; other tests' jobs are leased away. */
export async function lease({ customer }: SignupAnswer): Promise<LeasedJob> {
  for (;;) {
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: await provisioner(), body: {} });
    if (answer.status !== 200) throw new Error(`nothing was leased: ${answer.status}`);
    const leased = (await answer.json()) as LeasedJob;
    if (leased.job.customer_id === customer.customer_id) return leased;
  }
}

/** Registers a key of one of the lease's reporters, a new one unless it is given. */
export async function register(leased: LeasedJob, place: 0 | 1, given?: string) {
  const id = leased.reporters?.[place]?.id ?? '';
  const key = given ?? newKey(id, cryptoRandom);
  const body = { lease_id: leased.lease_id, key_hash: await sha256Hex(key) };
  const { status } = await api.call('PUT', `/api/provisioner/reporters/${id}`, { token: await provisioner(), body });
  return { status, key };
}

export const complete = async ({ lease_id, generation, job }: LeasedJob) => {
  const done = { token: await provisioner(), body: { lease_id, generation } };
  expect((await api.call('POST', `/api/provisioner/jobs/${job.id}/complete`, done)).status).toBe(200);
};

/** Another job of a customer whose stack has been deployed. */
export async function redeploy(made: SignupAnswer): Promise<LeasedJob> {
  const path = `/api/customers/${made.customer.customer_id}/deployment/redeploy`;
  expect((await admin('POST', path, { reason: 'a test' })).status).toBe(202);
  return await lease(made);
}

const reportersOf = async ({ customer }: SignupAnswer) => {
  const answer = await admin('GET', `/api/customers/${customer.customer_id}/reporters`);
  return ((await answer.json()) as { items: ReporterView[] }).items;
};
export const named = async (made: SignupAnswer, prefix: 'k8s' | 'app') =>
  (await reportersOf(made)).find((r) => r.instance_id === `${prefix}-${made.customer.short_id}`);

/** Reports an hour that ends at `end`, through to the store. @returns the quantities that did not count */
export async function report(made: SignupAnswer, key: string, instanceId: string, end: string, fields: object) {
  const held = heldQueue();
  const windowEnd = Date.parse(`2026-11-20T${end}:00Z`);
  const item = {
    customer_id: made.customer.customer_id,
    instance_id: instanceId,
    window_start: new Date(windowEnd - 3_600_000).toISOString(),
    window_end: new Date(windowEnd).toISOString(),
    timestamp: new Date(api.clock.now).toISOString(),
    ...fields,
  };
  const answer = await api.call('POST', '/api/usage/batch', {
    token: key,
    body: { reports: [item] },
    bindings: { USAGE_QUEUE: held.queue },
  });
  await drain(api, held);
  const { results } = (await answer.json()) as { results: { status: string; code?: string; ignored?: string[] }[] };
  return results[0];
}

/** A deployed customer, both of whose reporters have keys since 09:10. */
export async function deployed(fields: Record<string, unknown> = {}) {
  at('09:10');
  await provisioner();
  const made = await signUp(api, fields);
  const leased = await lease(made);
  const [k8s, app] = [await register(leased, 0), await register(leased, 1)];
  expect([k8s.status, app.status]).toEqual([200, 200]);
  await complete(leased);
  return { made, leased, k8s: k8s.key, app: app.key };
}

/** As a customer was before deployments had a second reporter. */
export async function forget({ customer: { customer_id: customerId } }: SignupAnswer) {
  const own = "reporter_seq IN (SELECT seq FROM reporters WHERE customer_id = ?1 AND source = 'application')";
  const k8s = "reporter_seq IN (SELECT seq FROM reporters WHERE customer_id = ?1 AND source = 'deployment')";
  for (const sql of [
    "DELETE FROM credentials WHERE owner_id IN (SELECT id FROM reporters WHERE customer_id = ?1 AND source = 'application')",
    `DELETE FROM ownerships WHERE ${own}`,
    `UPDATE ownerships SET meters = -1 WHERE ${k8s}`,
    "DELETE FROM reporters WHERE customer_id = ?1 AND source = 'application'",
  ]) {
    await control.prepare(sql).bind(customerId).run();
  }
}
