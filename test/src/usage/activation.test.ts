import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, shardOf, shardState } from './harness.ts';
import { deliver, heldQueue, metered } from './story.ts';

/** An old reporter whose clock is five minutes ahead reports while the deployment's own is made active over it. */
async function reportedBefore(binding: 'CONTROL' | 'USAGE_0') {
  const api = makeApi(Date.parse('2026-11-20T12:54:59.900Z'));
  const held = heldQueue();
  const { provisionerToken: token } = await ensureCluster(api);
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const next = await api.call('POST', '/api/provisioner/jobs/next', { token, body: {} });
  const leased = (await next.json()) as LeasedJob;
  expect(leased.job.customer_id).toBe(who.customerId);

  const report = async (key: string, instance_id: string, timestamp: string) => {
    const body = { customer_id: who.customerId, instance_id, timestamp, cpu_hours: 1 };
    const bindings = { USAGE_QUEUE: held.queue };
    const { status } = await api.call('POST', '/api/usage/report', { token: key, body, bindings });
    await deliver(api, held.bodies);
    return status;
  };
  let early: number | undefined;
  const real = binding === 'CONTROL' ? controlOf(env) : shardOf(env);
  const slow = new Proxy(real, {
    get: (target, name) =>
      name === 'batch'
        ? async (statements: D1PreparedStatement[]) => {
            // The control database's first batches are reads; the registration is the long one.
            if (early === undefined && (binding === 'USAGE_0' || statements.length > 3)) {
              early = 0;
              api.clock.now += 600;
              early = await report(who.key, 'prod-1', '2026-11-20T13:00:00.500Z');
            }
            return await target.batch(statements);
          }
        : Reflect.get(target, name).bind(target),
  });
  const own = newKey(leased.reporter_id, cryptoRandom);
  const body = { lease_id: leased.lease_id, key_hash: await sha256Hex(own) };
  const path = `/api/provisioner/reporters/${leased.reporter_id}`;
  const registered = await api.call('PUT', path, { token, body, bindings: { [binding]: slow } });
  expect([registered.status, early]).toEqual([200, 202]);

  api.clock.now = Date.parse('2026-11-20T14:10:00Z');
  const status = await report(own, `k8s-${who.customer.customer.short_id}`, '2026-11-20T14:00:00.000Z');
  const { windows } = await shardState(env);
  const answer = await api.call('GET', '/api/dead-letters', { token: rootToken });
  const { items } = (await answer.json()) as { items: { code: string; customer_id: string }[] };
  return { status, windows: windows.length, letters: items.map(({ code }) => code) };
}

beforeEach(async () => {
  await controlOf(env).prepare('DELETE FROM dead_letters').run();
  await shardOf(env).prepare('DELETE FROM windows').run();
});

describe('an hour that is reported while the deployment’s own reporter becomes active', () => {
  it('stays with the old one when it was stored before', async () => {
    expect(await reportedBefore('USAGE_0')).toEqual({ status: 422, windows: 1, letters: [] });
  });

  it('is the new one’s alone when it was on its way', async () => {
    expect(await reportedBefore('CONTROL')).toEqual({ status: 202, windows: 1, letters: ['window_not_owned'] });
  });
});
