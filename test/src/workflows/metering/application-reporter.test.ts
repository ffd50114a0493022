/** The application's own reporter of a deployment: where it comes from, and what it owns. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReporterView } from '../../../../src/contracts/reporters.ts';
import { cryptoRandom } from '../../../../src/lib/ids.ts';
import { newKey } from '../../../../src/lib/keys.ts';
import { ensureCluster, signUp } from '../../../harness/worker/api.ts';
import {
  admin,
  api,
  applications,
  at,
  complete,
  control,
  deployed,
  forget,
  lease,
  named,
  redeploy,
  register,
  report,
} from './deployed.ts';

beforeAll(async () => {
  at('09:10');
  await ensureCluster(api);
});

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
    const owned = await control
      .prepare(
        'SELECT count(*) n FROM ownerships o JOIN reporters r ON r.seq = o.reporter_seq WHERE r.id = ? AND o.until_at IS NULL',
      )
      .bind(id)
      .first();
    expect(owned).toEqual({ n: 0 });
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
