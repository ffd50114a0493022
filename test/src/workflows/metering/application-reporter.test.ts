/** The application's own reporter of a deployment: where it comes from, what it owns, and that its silence spoils nothing. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import type { LeasedJob } from '../../../../src/contracts/jobs.ts';
import type { ReporterView } from '../../../../src/contracts/reporters.ts';
import type { GapsAnswer } from '../../../../src/contracts/usage.ts';
import { cryptoRandom } from '../../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import { drain, heldQueue } from '../../usage/story.ts';

const api = makeApi();
const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
const applications = [
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
let provisioner = '';
beforeAll(async () => {
  at('09:10');
  provisioner = (await ensureCluster(api)).provisionerToken;
});

const at = (time: string) => {
  api.clock.now = Date.parse(`2026-11-20T${time}:00Z`);
};

const admin = (method: string, path: string, body?: unknown) => api.call(method, path, { token: rootToken, body });

/** The customer's next lease; other tests' jobs are leased away. */
async function lease({ customer }: SignupAnswer): Promise<LeasedJob> {
  for (;;) {
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
    if (answer.status !== 200) throw new Error(`nothing was leased: ${answer.status}`);
    const leased = (await answer.json()) as LeasedJob;
    if (leased.job.customer_id === customer.customer_id) return leased;
  }
}

/** Registers a key of one of the lease's reporters, a new one unless it is given. */
async function register(leased: LeasedJob, place: 0 | 1, given?: string) {
  const id = leased.reporters?.[place]?.id ?? '';
  const key = given ?? newKey(id, cryptoRandom);
  const body = { lease_id: leased.lease_id, key_hash: await sha256Hex(key) };
  const { status } = await api.call('PUT', `/api/provisioner/reporters/${id}`, { token: provisioner, body });
  return { status, key };
}

const complete = async ({ lease_id, generation, job }: LeasedJob) => {
  const done = { token: provisioner, body: { lease_id, generation } };
  expect((await api.call('POST', `/api/provisioner/jobs/${job.id}/complete`, done)).status).toBe(200);
};

/** Another job of a customer whose stack has been deployed. */
async function redeploy(made: SignupAnswer): Promise<LeasedJob> {
  const path = `/api/customers/${made.customer.customer_id}/deployment/redeploy`;
  expect((await admin('POST', path, { reason: 'a test' })).status).toBe(202);
  return await lease(made);
}

const reportersOf = async ({ customer }: SignupAnswer) => {
  const answer = await admin('GET', `/api/customers/${customer.customer_id}/reporters`);
  return ((await answer.json()) as { items: ReporterView[] }).items;
};
const named = async (made: SignupAnswer, prefix: 'k8s' | 'app') =>
  (await reportersOf(made)).find((r) => r.instance_id === `${prefix}-${made.customer.short_id}`);

/** Reports an hour that ends at `end`, through to the store. @returns the quantities that did not count */
async function report(made: SignupAnswer, key: string, instanceId: string, end: string, fields: object) {
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

const gapsOf = async ({ customer }: SignupAnswer) => {
  const answer = await admin('GET', `/api/usage/${customer.customer_id}/gaps?days=1`);
  return ((await answer.json()) as GapsAnswer).items.map(({ instance_id, from, to, reason }) => ({
    of: instance_id.slice(0, 3),
    from: from.slice(11, 16),
    to: to.slice(11, 16),
    reason,
  }));
};

/** A deployed customer, both of whose reporters have keys since 09:10. */
async function deployed(fields: Record<string, unknown> = {}) {
  at('09:10');
  const made = await signUp(api, fields);
  const leased = await lease(made);
  const [k8s, app] = [await register(leased, 0), await register(leased, 1)];
  expect([k8s.status, app.status]).toEqual([200, 200]);
  await complete(leased);
  return { made, leased, k8s: k8s.key, app: app.key };
}

describe('a job', () => {
  it('names both reporters and their Secrets, the exporter’s first, and the chart is told the Secrets', async () => {
    at('09:10');
    const made = await signUp(api);
    const leased = await lease(made);
    expect(leased.reporters?.map(({ secret }) => secret)).toEqual(['instance-reporter', 'instance-app-reporter']);
    expect(leased.reporters?.[0]?.id).toBe(leased.reporter_id);
    expect(leased.values).toMatchObject({
      reporterSecret: 'instance-reporter',
      appReporterSecret: 'instance-app-reporter',
    });
  });

  it('names the same ones again', async () => {
    const { made, leased } = await deployed();
    expect((await redeploy(made)).reporters).toEqual(leased.reporters);
  });

  it('leaves the application’s out where an admin has made a reporter of its name, which goes on', async () => {
    at('09:10');
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}/reporters`;
    const body = { instance_id: `app-${made.customer.short_id}`, meters: ['api_calls'] };
    expect((await admin('POST', path, body)).status).toBe(201);
    const leased = await lease(made);
    expect(leased.reporters).toEqual([{ id: leased.reporter_id, secret: 'instance-reporter' }]);
    expect(leased.values).not.toHaveProperty('appReporterSecret');
  });

  it('that deletes, or only compares, makes no reporter', async () => {
    const { made } = await deployed();
    const { customer_id: id } = made.customer;
    await forget(made);
    expect((await admin('POST', `/api/customers/${id}/deployment/drift`, {})).status).toBe(202);
    expect((await lease(made)).reporters).toHaveLength(1);
  });
});

/** As a customer was before deployments had a second reporter. */
async function forget({ customer: { customer_id: customerId } }: SignupAnswer) {
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

describe('the registration of its key', () => {
  it('gives it the application’s meters from the start of the hour, the exporter’s has all others', async () => {
    const { made } = await deployed();
    const [k8s, app] = [await named(made, 'k8s'), await named(made, 'app')];
    expect(app).toMatchObject({ active_from: '2026-11-20T09:00:00.000Z', active_until: null, window_seconds: 3600 });
    expect(app?.meters.toSorted()).toEqual(applications.toSorted());
    expect(k8s).toMatchObject({ active_from: '2026-11-20T09:00:00.000Z', active_until: null });
    for (const meter of ['cpu_core_ms', 'storage_mib_s', 'custom_1']) expect(k8s?.meters).toContain(meter);
    for (const meter of applications) expect(k8s?.meters).not.toContain(meter);
  });

  it('lets each of the two report its own, and no other', async () => {
    const { made, k8s, app } = await deployed();
    at('10:05');
    const of = (prefix: string) => `${prefix}-${made.customer.short_id}`;
    const both = { cpu_hours: 1, api_calls: 100 };
    expect(await report(made, k8s, of('k8s'), '10:00', both)).toMatchObject({
      status: 'accepted',
      ignored: ['api_calls'],
    });
    expect(await report(made, app, of('app'), '10:00', both)).toMatchObject({
      status: 'accepted',
      ignored: ['cpu_hours'],
    });
    expect(await report(made, app, of('k8s'), '10:00', both)).toMatchObject({ code: 'unknown_reporter' });
    const history = await admin('GET', `/api/usage/${made.customer.customer_id}?granularity=window&days=1`);
    expect(await history.json()).toMatchObject({ total: 2, totals: { cpu_hours: 1, api_calls: 100 } });
  });

  it('gives the key the licence before the reporter is active, and no usage', async () => {
    at('09:10');
    const made = await signUp(api);
    const { key, status } = await register(await lease(made), 1);
    expect(status).toBe(200);
    expect((await api.call('GET', `/api/licenses/${made.customer.customer_id}`, { token: key })).status).toBe(200);
    expect((await named(made, 'app'))?.active_from).toBeNull();
    at('10:05');
    const refused = await report(made, key, `app-${made.customer.short_id}`, '10:00', { api_calls: 1 });
    expect(refused).toMatchObject({ status: 'rejected' });
  });

  it('that comes before the exporter’s waits for it, and the next job goes on', async () => {
    at('09:10');
    const made = await signUp(api);
    const first = await lease(made);
    await register(first, 1);
    await register(first, 0);
    await complete(first);
    expect(await named(made, 'k8s')).toMatchObject({ active_from: '2026-11-20T09:00:00.000Z' });
    const second = await redeploy(made);
    await register(second, 1);
    expect(await named(made, 'app')).toMatchObject({ active_from: '2026-11-20T09:00:00.000Z' });
  });

  it('several times at once activates it once', async () => {
    at('09:10');
    const made = await signUp(api);
    const leased = await lease(made);
    await register(leased, 0);
    const key = newKey(leased.reporters?.[1]?.id ?? '', cryptoRandom);
    const answers = await Promise.all(Array.from({ length: 4 }, () => register(leased, 1, key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const audit = await control
      .prepare("SELECT count(*) n FROM audit_log WHERE action = 'reporter.activated' AND subject = ?")
      .bind(leased.reporters?.[1]?.id)
      .first();
    expect(audit).toEqual({ n: 1 });
  });

  it('of a deployment from before: with its next job, and after what the exporter’s has stored of these meters', async () => {
    const { made, k8s } = await deployed();
    await forget(made);
    api.clock.now += 1_000;
    const stored = { api_calls: 7, window_start: undefined, window_end: undefined };
    expect(await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', stored)).toMatchObject({
      status: 'accepted',
    });
    const leased = await redeploy(made);
    await register(leased, 0, k8s);
    await register(leased, 1);
    expect(await named(made, 'app')).toMatchObject({ active_from: '2026-11-20T10:00:00.000Z' });
    expect(await named(made, 'k8s')).toMatchObject({ active_from: '2026-11-20T09:00:00.000Z', active_until: null });
  });

  it('leaves an admin’s reporter what it was given; what that one lets go comes with the next job', async () => {
    at('09:10');
    const made = await signUp(api);
    const leased = await lease(made);
    await register(leased, 0);
    const path = `/api/customers/${made.customer.customer_id}/reporters`;
    const body = { instance_id: 'by-hand', meters: applications, take_over: true };
    const answer = await admin('POST', path, body);
    const { reporter } = (await answer.json()) as { reporter: ReporterView };
    const { key } = await register(leased, 1);
    expect((await named(made, 'app'))?.active_from).toBeNull();
    await complete(leased);
    at('11:30');
    expect((await admin('POST', `${path}/${reporter.id}/end`, { active_until: '2026-11-20T10:00:00Z' })).status).toBe(
      200,
    );
    await register(await redeploy(made), 1, key);
    expect(await named(made, 'app')).toMatchObject({ active_from: '2026-11-20T11:00:00.000Z', active_until: null });
  });

  it('begins no reporter again that an admin has ended', async () => {
    const { made, app } = await deployed();
    const id = (await named(made, 'app'))?.id;
    at('10:30');
    await admin('POST', `/api/customers/${made.customer.customer_id}/reporters/${id}/end`, {});
    at('11:30');
    expect((await register(await redeploy(made), 1, app)).status).toBe(200);
    expect(await named(made, 'app')).toMatchObject({ active_until: '2026-11-20T11:00:00.000Z' });
  });

  it('is the provisioner’s: the key is rotated by nobody else', async () => {
    const { leased } = await deployed();
    const { id } = (await control
      .prepare('SELECT id FROM credentials WHERE owner_id = ?')
      .bind(leased.reporters?.[1]?.id)
      .first<{ id: string }>()) ?? { id: '' };
    const answer = await admin('POST', `/api/credentials/${id}/rotate`, {});
    expect(await answer.json()).toMatchObject({ code: 'key_of_deployment' });
  });
});

describe('an application that reports nothing', () => {
  it('leaves nothing incomplete where the plan bills nothing of it', async () => {
    const { made, k8s } = await deployed();
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    expect(await gapsOf(made)).toEqual([]);
    const cost = await admin('GET', `/api/usage/${made.customer.customer_id}/cost`);
    expect(await cost.json()).toMatchObject({ complete: true });
  });

  it('is no more missed for having said itself that it did not see an hour', async () => {
    const { made, k8s, app } = await deployed();
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    await report(made, app, `app-${made.customer.short_id}`, '10:00', { complete: false });
    expect(await gapsOf(made)).toEqual([]);
  });

  it('is missed where the plan bills it, from the hour on in which that plan begins', async () => {
    const { made, k8s } = await deployed();
    const changed = "UPDATE plan_changes SET plan_version = '2026-11-application' WHERE customer_id = ?";
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    await control.prepare(changed).bind(made.customer.customer_id).run();
    expect(await gapsOf(made)).toEqual([{ of: 'app', from: '09:00', to: '10:00', reason: 'missing' }]);

    const before = `INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version)
      SELECT customer_id, ${Date.parse('2026-11-19T00:00:00Z')}, plan, '2026-11' FROM plan_changes WHERE customer_id = ?`;
    await control.prepare(before).bind(made.customer.customer_id).run();
    const later = `UPDATE plan_changes SET effective_at = ${Date.parse('2026-11-20T10:30:00Z')}
      WHERE customer_id = ? AND plan_version = '2026-11-application'`;
    await control.prepare(later).bind(made.customer.customer_id).run();
    at('11:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '11:00', { cpu_hours: 1 });
    expect(await gapsOf(made)).toEqual([{ of: 'app', from: '10:00', to: '11:00', reason: 'missing' }]);
  });
});
