/** A suspended stack goes on metering until its last window is reported, and never longer than the bound. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerAnswer, SignupAnswer } from '../../../src/contracts/customers.ts';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import type { GapsAnswer, HistoryAnswer } from '../../../src/contracts/usage.ts';
import { runCron } from '../../../src/cron.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { drainEndOf, lastWindowEnd } from '../../../src/deployments/drain.ts';
import { desire, find } from '../../../src/deployments/store.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { servicesOf } from '../../../src/services.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { drain as deliverAll, heldQueue } from '../usage/story.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
});

const at = (time: string) => {
  api.clock.now = Date.parse(`2026-11-20T${time}Z`);
};

/** The customer's next lease; other tests' jobs are leased away. */
async function lease({ customer }: SignupAnswer): Promise<LeasedJob | null> {
  for (;;) {
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
    if (answer.status === 204) return null;
    const leased = (await answer.json()) as LeasedJob;
    if (leased.job.customer_id === customer.customer_id) return leased;
  }
}

/** Leases as a provisioner does, registers the reporter's key, and completes. */
async function reconcile(made: SignupAnswer, key: string | null = null) {
  const leased = await lease(made);
  if (!leased) throw new Error('nothing was leased');
  const { lease_id, generation, phase, values } = leased;
  const reporterKey = key ?? newKey(leased.reporter_id, cryptoRandom);
  const body = { lease_id, key_hash: await sha256Hex(reporterKey) };
  await api.call('PUT', `/api/provisioner/reporters/${leased.reporter_id}`, { token: provisioner, body });
  const done = { token: provisioner, body: { lease_id, generation } };
  expect((await api.call('POST', `/api/provisioner/jobs/${leased.job.id}/complete`, done)).status).toBe(200);
  return { reporterKey, reporterId: leased.reporter_id, generation, phase, values };
}

/** A customer whose stack has run since 09:00. */
async function running() {
  at('09:00:00');
  const made = await signUp(api);
  const { reporterKey, reporterId } = await reconcile(made);
  return { made, customerId: made.customer.customer_id, reporterKey, reporterId };
}
type Running = Awaited<ReturnType<typeof running>>;

const change = (customerId: string, verb: 'deactivate' | 'reactivate') =>
  api.call('POST', `/api/customers/${customerId}/${verb}`, { token: rootToken, body: {} });

async function deactivatedAt(time: string): Promise<Running> {
  const who = await running();
  at(time);
  expect((await change(who.customerId, 'deactivate')).status).toBe(200);
  return who;
}

/** Reports an hour by its end with the reporter's key, as the exporter does, through to the store. */
async function report(who: Running, end: string, fields: object = {}) {
  const held = heldQueue();
  const windowEnd = Date.parse(`2026-11-20T${end}:00Z`);
  const item = {
    customer_id: who.customerId,
    instance_id: `k8s-${who.made.customer.short_id}`,
    window_start: new Date(windowEnd - 3_600_000).toISOString(),
    window_end: new Date(windowEnd).toISOString(),
    timestamp: new Date(api.clock.now).toISOString(),
    cpu_hours: 0.5,
    ...fields,
  };
  const answer = await api.call('POST', '/api/usage/batch', {
    token: who.reporterKey,
    body: { reports: [item] },
    bindings: { USAGE_QUEUE: held.queue },
  });
  expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
  await deliverAll(api, held);
}

async function tick(time?: string) {
  if (time) at(time);
  const ctx = createExecutionContext();
  await runCron(servicesOf(api.bindings as never, ctx, api.outside), api.clock.now);
  await waitOnExecutionContext(ctx);
  expect(api.logs.filter(({ message }) => message === 'a cron step failed')).toEqual([]);
}

const generationOf = async (customerId: string) => {
  const answer = await api.call('GET', `/api/customers/${customerId}`, { token: rootToken });
  return ((await answer.json()) as CustomerAnswer).deployment.generation;
};
const deedsOf = async (customerId: string) => {
  const rows = await control
    .prepare("SELECT actor, details FROM audit_log WHERE action = 'deployment.drained' AND subject = ?")
    .bind(customerId)
    .all<{ actor: string; details: string }>();
  return rows.results.map(({ actor, details }) => ({ actor, ...JSON.parse(details) }));
};
const bounds = (customerId: string) =>
  api.logs.filter(({ fields }) => (fields as { customer_id?: string })?.customer_id === customerId);

describe('a customer who is deactivated in the middle of a window', () => {
  it('runs nothing but the metering, until the window is reported by the key that it has; then nothing at all', async () => {
    const who = await deactivatedAt('10:20:00');
    const draining = await reconcile(who.made, who.reporterKey);
    expect(draining).toMatchObject({ generation: 2, phase: 'suspended', values: { suspended: true, metering: true } });
    await report(who, '10:00');
    await tick('10:59:00');
    await tick('11:02:00');
    expect(await generationOf(who.customerId)).toBe(2);

    await report(who, '11:00');
    await tick('11:03:00');
    const ended = await reconcile(who.made, who.reporterKey);
    expect(ended).toMatchObject({ generation: 3, phase: 'suspended', values: { suspended: true, metering: false } });
    await tick('11:04:00');
    await tick('14:00:00');
    expect(await lease(who.made)).toBeNull();
    const answer = await api.call('GET', `/api/customers/${who.customerId}`, { token: rootToken });
    expect(await answer.json()).toMatchObject({
      deployment: { status: 'suspended', generation: 3, observed_generation: 3 },
    });
    expect(await deedsOf(who.customerId)).toEqual([
      { actor: 'cron', window_end: '2026-11-20T11:00:00.000Z', ended_by: 'reported' },
    ]);
    expect(bounds(who.customerId)).toEqual([]);
    const path = `/api/usage/${who.customerId}`;
    const gaps = await (await api.call('GET', `${path}/gaps?days=1`, { token: rootToken })).json();
    expect(gaps).toMatchObject({ items: [] });
    const history = await api.call('GET', `${path}?granularity=window&days=1`, { token: rootToken });
    expect(((await history.json()) as HistoryAnswer).totals.cpu_hours).toBe(1);
  });

  it('is waited for to the end of its window, also when a part of it was reported while it ran', async () => {
    const who = await deactivatedAt('10:20:00');
    await report(who, '11:00', { window_start: undefined, window_end: undefined });
    await tick('10:59:00');
    expect(await generationOf(who.customerId)).toBe(2);
  });

  it('is not waited for when the window was declared unavailable', async () => {
    const who = await deactivatedAt('10:20:00');
    at('11:02:00');
    await report(who, '11:00', { complete: false, cpu_hours: undefined });
    await tick('11:03:00');
    expect(await generationOf(who.customerId)).toBe(3);
  });

  it('is waited for until 90 minutes after the window, which is said, and the gap stays a gap', async () => {
    const who = await deactivatedAt('10:20:00');
    at('10:30:00');
    await report(who, '10:00');
    await tick('12:29:00');
    expect(await generationOf(who.customerId)).toBe(2);
    await tick('12:30:00');
    expect(await reconcile(who.made, who.reporterKey)).toMatchObject({ generation: 3, values: { metering: false } });
    expect(bounds(who.customerId)).toMatchObject([
      { level: 'warn', fields: { window_end: '2026-11-20T11:00:00.000Z' } },
    ]);
    expect(await deedsOf(who.customerId)).toMatchObject([{ ended_by: 'bound' }]);
    const gaps = await api.call('GET', `/api/usage/${who.customerId}/gaps?days=1`, { token: rootToken });
    const { items } = (await gaps.json()) as GapsAnswer;
    expect(items).toMatchObject([{ from: '2026-11-20T10:00:00.000Z', to: '2026-11-20T11:00:00.000Z', windows: 1 }]);
  });

  it('is ended once by crons that meet', async () => {
    const who = await deactivatedAt('10:20:00');
    at('11:02:00');
    await report(who, '11:00');
    await Promise.all([tick(), tick(), tick()]);
    expect(await generationOf(who.customerId)).toBe(3);
    expect(await deedsOf(who.customerId)).toHaveLength(1);
    const jobs = await control
      .prepare("SELECT generation FROM jobs WHERE customer_id = ? AND state = 'waiting'")
      .bind(who.customerId)
      .all();
    expect(jobs.results).toEqual([{ generation: 3 }]);
  });

  it('of a shard that is not bound holds up nobody else’s, and its reason is in the log', async () => {
    const [stuck, other] = [await deactivatedAt('10:20:00'), await deactivatedAt('10:20:00')];
    const setShard = (shard: number) =>
      control.prepare('UPDATE customers SET usage_shard = ? WHERE id = ?').bind(shard, stuck.customerId).run();
    at('11:02:00');
    await report(other, '11:00');
    await setShard(7);
    await tick('11:03:00');
    expect([await generationOf(stuck.customerId), await generationOf(other.customerId)]).toEqual([2, 3]);
    const said = api.logs.filter(({ message }) => message.startsWith('looking for the last windows of drains failed'));
    expect(said).toMatchObject([{ fields: { shard: 7, error: 'the usage shard 7 is not bound' } }]);
    await setShard(0);
    await tick('12:30:00');
    expect(await generationOf(stuck.customerId)).toBe(3);
  });

  it('goes straight to nothing when the provisioner comes only after the drain', async () => {
    const who = await deactivatedAt('10:20:00');
    await tick('12:30:00');
    expect(await reconcile(who.made)).toMatchObject({ generation: 3, values: { suspended: true, metering: false } });
    expect(await lease(who.made)).toBeNull();
  });

  it('and reactivated has no drain any more; deactivated again, one of its own', async () => {
    const who = await deactivatedAt('10:20:00');
    at('10:40:00');
    await change(who.customerId, 'reactivate');
    expect(await reconcile(who.made, who.reporterKey)).toMatchObject({
      generation: 3,
      values: { suspended: false, metering: true },
    });
    await tick('12:30:00');
    expect(await generationOf(who.customerId)).toBe(3);

    at('12:40:00');
    await change(who.customerId, 'deactivate');
    await report(who, '11:00');
    await tick('13:01:00');
    expect(await generationOf(who.customerId)).toBe(4);
    await report(who, '13:00');
    await tick('13:02:00');
    expect(await generationOf(who.customerId)).toBe(5);
  });

  it('keeps its drain when it is suspended again', async () => {
    const who = await deactivatedAt('10:20:00');
    const db = openDb(control);
    const ids = { jobId: newId('job', cryptoRandom), outboxId: newId('outbox', cryptoRandom) };
    const again = { customerId: who.customerId, phase: 'suspended', verb: 'suspend', drainWindowEnd: null } as const;
    await commit(db, desire({ ...again, ...ids, now: api.clock.now }));
    expect((await find(db, who.customerId))?.drainWindowEnd).toBe(Date.parse('2026-11-20T11:00:00Z'));
  });
});

describe('nothing is waited for', () => {
  it('where the reporter never was active', async () => {
    at('10:00:00');
    const made = await signUp(api);
    at('10:20:00');
    await change(made.customer.customer_id, 'deactivate');
    expect(await lease(made)).toMatchObject({ generation: 2, values: { suspended: true, metering: false } });
    await tick('12:30:00');
    expect(await generationOf(made.customer.customer_id)).toBe(2);
  });

  it('where somebody else measures the namespace by now', async () => {
    const who = await running();
    at('10:10:00');
    const body = { instance_id: 'by-hand', take_over: true };
    const taken = await api.call('POST', `/api/customers/${who.customerId}/reporters`, { token: rootToken, body });
    expect(taken.status).toBe(201);
    at('10:20:00');
    await change(who.customerId, 'deactivate');
    expect(await lease(who.made)).toMatchObject({ values: { suspended: true, metering: false } });
  });
});

describe('the last window', () => {
  const reporter = { windowSeconds: 3600, activeFrom: 0, activeUntil: null };
  const hour = 3_600_000;

  it('is the one that contains the suspension, in the reporter’s own length; at an edge the one that has just ended', () => {
    expect(lastWindowEnd(reporter, 10 * hour + 1)).toBe(11 * hour);
    expect(lastWindowEnd(reporter, 11 * hour)).toBe(11 * hour);
    expect(lastWindowEnd({ ...reporter, windowSeconds: 900 }, 10 * hour + 1)).toBe(10.25 * hour);
  });

  it('is not one of a reporter that begins later or has ended before', () => {
    expect(lastWindowEnd({ ...reporter, activeFrom: 11 * hour }, 10.5 * hour)).toBeNull();
    expect(lastWindowEnd({ ...reporter, activeUntil: 10 * hour }, 10.5 * hour)).toBeNull();
    expect(lastWindowEnd({ ...reporter, activeUntil: 11 * hour }, 10.5 * hour)).toBe(11 * hour);
    expect(lastWindowEnd(null, 10.5 * hour)).toBeNull();
  });

  it('is waited for to the millisecond of the bound, and no longer', () => {
    const drain = { windowEnd: 11 * hour, reported: false };
    expect(drainEndOf(drain, 12.5 * hour - 1)).toBeNull();
    expect(drainEndOf(drain, 12.5 * hour)).toBe('bound');
    expect(drainEndOf({ ...drain, reported: true }, 12.5 * hour)).toBe('reported');
  });
});
