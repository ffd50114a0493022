/** A customer with a reporter, and the queue between intake and store played by hand: what the usage tests begin with. */
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { consumeBatch } from '../../../src/consume.ts';
import type { ReporterView } from '../../../src/contracts/reporters.ts';
import { servicesOf } from '../../../src/services.ts';
import { type Api, ensureCluster, rootToken, signUp } from '../../harness/worker/api.ts';

/** A queue that keeps what was sent, or refuses. */
export function heldQueue() {
  const bodies: unknown[] = [];
  const state = { down: false };
  const take = (items: unknown[]) => {
    if (state.down) throw new Error('the queue is down');
    bodies.push(...items);
  };
  const queue = {
    send: async (body: unknown) => take([body]),
    sendBatch: async (messages: Iterable<{ body: unknown }>) => take([...messages].map((m) => m.body)),
  };
  return { bodies, state, queue };
}
export type HeldQueue = ReturnType<typeof heldQueue>;

let batches = 0;

/** Delivers messages to the Worker's consumer and says which were acknowledged and which come again. */
export async function deliver(
  api: Api,
  bodies: readonly unknown[],
  bindings: Record<string, unknown> = {},
  attempts = 1,
) {
  batches += 1;
  const messages = bodies.map((body, i) => ({ id: `${batches}-${i}`, timestamp: new Date(), attempts, body }));
  const batch = createMessageBatch('tenantry-usage', messages);
  const ctx = createExecutionContext();
  await consumeBatch(batch, servicesOf({ ...api.bindings, ...bindings }, ctx, api.outside));
  const result = await getQueueResult(batch, ctx);
  return { acked: result.explicitAcks.length, retried: result.retryMessages };
}

/** Sends what the queue holds to the store, once. */
export async function drain(api: Api, held: HeldQueue) {
  return await deliver(api, held.bodies.splice(0));
}

/** A signed-up customer with an admin-made reporter of its own namespace, active since `activeFrom`. */
export async function metered(api: Api, options: { activeFrom: string; plan?: string; windowSeconds?: number }) {
  await ensureCluster(api);
  const customer = await signUp(api, options.plan ? { plan: options.plan } : {});
  const customerId = customer.customer.customer_id;
  const made = await api.call('POST', `/api/customers/${customerId}/reporters`, {
    token: rootToken,
    body: { instance_id: 'prod-1', active_from: options.activeFrom, window_seconds: options.windowSeconds ?? 3600 },
  });
  if (made.status !== 201) throw new Error(`reporter: ${made.status} ${await made.text()}`);
  const { reporter, api_key: key } = (await made.json()) as { reporter: ReporterView; api_key: string };
  return {
    customer,
    customerId,
    accountKey: customer.api_key,
    reporter,
    key,
    namespace: customer.deployment.namespace,
  };
}

/** The report of an hour that ends at `end`. */
export const hourReport = (customerId: string, end: string, fields: Record<string, unknown> = {}) => ({
  customer_id: customerId,
  instance_id: 'prod-1',
  window_start: new Date(Date.parse(end) - 3_600_000).toISOString(),
  window_end: new Date(end).toISOString(),
  timestamp: new Date(Date.parse(end) + 120_000).toISOString(),
  ...fields,
});
