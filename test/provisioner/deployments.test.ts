/** What becomes of a deployment on a real Kubernetes control plane: installed, suspended, resumed, deleted, refused. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { sha256Hex } from '../../src/lib/keys.ts';
import { clusterTools } from '../harness/cluster.ts';
import { shippedPlan } from '../harness/plans.ts';
import { describeWithTools } from '../harness/tools.ts';
import { setClusterStage, shortJobMs } from './cluster-stage.ts';
import type { FakeDeployment } from './fake-job.ts';
import { shippedChart } from './real-cluster.ts';

describeWithTools(['helm', ...clusterTools], 'deployments on a real cluster', () => {
  const stage = setClusterStage();
  const { customer, firstFailure, helmStatus, pods, running, secret, settled, start } = stage;

  it('installs: restricted namespace of ours, Secrets, reporter key known by its hash, pods ready', async () => {
    await start();
    const on = customer('Acme, {{ .Values }} & "Söhne"');
    const job = stage.plane.want(on, 'running');
    await settled(job);
    const found = await stage.core.readNamespace({ name: on.namespace });
    expect(found.metadata?.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'tenantry-provisioner',
      'tenantry.dev/customer': on.customerId,
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    });
    expect(await running(on)).toBe(3);
    expect(await helmStatus(on)).toEqual(['deployed']);
    expect(await secret(on, 'instance-licence', 'license')).toBe('licence-1');
    expect(await secret(on, 'instance-postgres', 'password')).toMatch(/^[0-9a-f]{48}$/);
    const key = await secret(on, 'instance-reporter', 'api-key');
    expect(key).toMatch(new RegExp(`^${on.reporterId}_[0-9a-f]{32}$`));
    expect(stage.plane.reporters.get(on.reporterId)).toBe(await sha256Hex(key));
    const applications = await secret(on, 'instance-app-reporter', 'api-key');
    expect(applications).toMatch(new RegExp(`^${on.appReporterId}_[0-9a-f]{32}$`));
    expect(stage.plane.reporters.get(on.appReporterId ?? '')).toBe(await sha256Hex(applications));
    const company = await stage.core.readNamespacedConfigMap({ name: 'company', namespace: on.namespace });
    expect(company.data?.['name']).toBe('Acme, {{ .Values }} & "Söhne"');
    expect(job.progress.length).toBeGreaterThan(0);
    const password = await secret(on, 'instance-postgres', 'password');
    const output = stage.output();
    expect(output).not.toContain(key);
    expect(output).not.toContain(password);
    // What people read of the run in the queue console: its steps, Helm's, and the end.
    await vi.waitFor(() => expect(job.logs.at(-1)?.line).toMatch(/^done after/));
    const lines = job.logs.map(({ line }) => line);
    expect(lines[0]).toBe('run 1: deploy to generation 1, running');
    for (const told of ['namespace', 'secrets', 'installing']) expect(lines).toContain(told);
    const [begun, ended] = [/^helm upgrade begins/, /^helm upgrade is done after/].map((words) =>
      lines.findIndex((line) => words.test(line)),
    );
    expect(begun).toBeGreaterThan(0);
    expect(ended).toBeGreaterThan(begun ?? 0);
    expect(job.logs.map(({ number }) => number)).toEqual(lines.map((_, n) => n + 1));
    for (const hidden of [key, applications, password, 'licence-1']) expect(lines.join('\n')).not.toContain(hidden);
  });

  it('suspends to zero pods with data and Secrets kept, resumes with a newer licence, deletes for good', async () => {
    await start();
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    const password = await secret(on, 'instance-postgres', 'password');
    const key = await secret(on, 'instance-reporter', 'api-key');
    const applications = await secret(on, 'instance-app-reporter', 'api-key');

    await settled(stage.plane.want(on, 'suspended'));
    const scaled = await stage.apps.readNamespacedDeployment({ name: 'app', namespace: on.namespace });
    expect(scaled.spec?.replicas).toBe(0);
    // None is even ending any more: suspended means that nothing of it runs.
    expect(await pods(on)).toEqual([]);
    const claims = await stage.core.listNamespacedPersistentVolumeClaim({ namespace: on.namespace });
    expect(claims.items.map((claim) => claim.status?.phase)).toEqual(['Bound']);

    on.licence = 'licence-2';
    stage.plane.reporters.clear();
    await settled(stage.plane.want(on, 'running'));
    expect(await running(on)).toBe(3);
    expect(await secret(on, 'instance-licence', 'license')).toBe('licence-2');
    expect(await secret(on, 'instance-postgres', 'password')).toBe(password);
    expect(await secret(on, 'instance-reporter', 'api-key')).toBe(key);
    expect(await secret(on, 'instance-app-reporter', 'api-key')).toBe(applications);
    // A control plane that was restored from before hears of the keys again.
    expect(stage.plane.reporters.get(on.reporterId)).toBe(await sha256Hex(key));
    expect(stage.plane.reporters.get(on.appReporterId ?? '')).toBe(await sha256Hex(applications));

    await settled(stage.plane.want(on, 'deleted'));
    await expect(stage.core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });
    await settled(stage.plane.want(on, 'deleted'));
  });

  it('runs the shipped chart through a customer’s life', async () => {
    await start(shippedChart);
    const on = customer('--kube-context=x, {a: b} "`$(id)`');
    for (const phase of ['running', 'suspended', 'running', 'deleted'] as const) {
      const job = stage.plane.want(on, phase);
      await settled(job);
      expect(job.failures).toEqual([]);
    }
    await expect(stage.core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });
  });

  it('the operator’s values reach the release, and ours win over them', async () => {
    const path = join(stage.shop.folder, 'operator, our own.yaml');
    await writeFile(
      path,
      `api: {image: {repository: registry.example.com/api}, resources: {limits: {cpu: 600m}}}
plan: enterprise
suspended: true
customer: {companyName: Another}
`,
    );
    await start(shippedChart, { HELM_VALUES_FILE: path });
    const on = customer('Acme');
    const job = stage.plane.want(on, 'running');
    await settled(job);
    expect(job.failures).toEqual([]);
    const named = (part: string) => ({ name: `${on.release}-customer-instance-${part}`, namespace: on.namespace });
    const api = await stage.apps.readNamespacedDeployment(named('api'));
    const [container] = api.spec?.template.spec?.containers ?? [];
    expect(container).toMatchObject({
      image: expect.stringMatching(/^registry\.example\.com\/api:/),
      resources: { limits: { cpu: '600m', memory: '512Mi' } },
    });
    expect(api.spec?.replicas).toBe(1);
    const quota = await stage.core.readNamespacedResourceQuota(named('quota'));
    expect(quota.spec?.hard).toMatchObject({ 'limits.cpu': '4' });
    const config = await stage.core.readNamespacedConfigMap(named('api'));
    expect(config.data).toMatchObject({ COMPANY_NAME: 'Acme' });
  });

  it('a stack that drains is down but for its exporter, which nothing waits for and no roll-back follows', async () => {
    await start(shippedChart);
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    await start(await stage.shop.chartWithoutExporter());
    on.draining = true;
    const job = stage.plane.want(on, 'suspended');
    await settled(job);
    expect(job.failures).toEqual([]);
    const { items } = await stage.apps.listNamespacedDeployment({ namespace: on.namespace });
    const replicas = items.map(({ metadata, spec }) => [metadata?.name, spec?.replicas]);
    const parts = ['api', 'billing-exporter', 'dashboard', 'mosquitto-exporter', 'opencost'];
    expect(Object.fromEntries(replicas)).toEqual(
      Object.fromEntries(
        parts.map((part) => [`${on.release}-customer-instance-${part}`, part === 'billing-exporter' ? 1 : 0]),
      ),
    );
    on.draining = false;
    await settled(stage.plane.want(on, 'suspended'));
    expect(await pods(on)).toEqual([]);
  });

  it('a namespace that somebody else has is reported and never touched, by no phase', async () => {
    await start();
    for (const phase of ['running', 'deleted'] as const) {
      const on = customer();
      await stage.core.createNamespace({ body: { metadata: { name: on.namespace, labels: { team: 'theirs' } } } });
      const job = stage.plane.want(on, phase);
      await settled(job, 'failed');
      expect(job.attempts).toBe(1);
      expect(job.failures[0]).toMatchObject({ code: 'namespace_taken', retryable: false });
      const left = await stage.core.readNamespace({ name: on.namespace });
      expect(left.metadata?.labels).not.toHaveProperty('pod-security.kubernetes.io/enforce');
      expect((await stage.core.listNamespacedSecret({ namespace: on.namespace })).items).toEqual([]);
    }
  });

  it('says why a stack is not ready, in the events of the object that is not', async () => {
    stage.plane.times.timeoutMs = shortJobMs;
    await start({ image: 'missing.invalid/app:1' });
    const on = customer();
    const job = stage.plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure).toMatchObject({ code: 'not_ready', retryable: true });
    expect(failure.message).toMatch(/Pod\/app-.*ImagePullBackOff/);
    expect(failure.events).toContainEqual({
      object: expect.stringMatching(/^Pod\/app-/),
      reason: 'Failed',
      message: 'Failed to pull image: image not found in the registry missing.invalid',
    });
    expect(job.progress.map((p) => p.message)).toContainEqual(
      expect.stringMatching(/1 of 3 pods ready; Pod\/app-.*ImagePullBackOff/),
    );
    // The cause goes away: the next run is an upgrade of what is there.
    stage.plane.times.timeoutMs = 300_000;
    await start();
    stage.plane.release(job);
    await settled(job);
  });

  it('a pod that nobody has room for: the scheduler’s own words', async () => {
    stage.plane.times.timeoutMs = shortJobMs;
    await start({ cpu: '4000' });
    const job = stage.plane.want(customer(), 'running');
    const failure = await firstFailure(job);
    expect(failure.message).toMatch(/Unschedulable: 0\/1 nodes are available: 1 Insufficient cpu/);
  });

  it('a pod that breaks restricted is refused by the cluster, which is final', async () => {
    stage.plane.times.timeoutMs = shortJobMs;
    await start({ restricted: false });
    const job = stage.plane.want(customer(), 'running');
    await settled(job, 'failed');
    expect(job.attempts).toBe(1);
    expect(job.failures[0]).toMatchObject({ code: 'pod_security', retryable: false });
    expect(job.failures[0]?.message).toMatch(/violates PodSecurity "restricted:latest": allowPrivilegeEscalation/);
  });

  it('a full quota is said, and the job goes on when there is room', async () => {
    stage.plane.times.timeoutMs = shortJobMs;
    await start({ quotaPods: 1 });
    const on = customer();
    const job = stage.plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure).toMatchObject({ code: 'quota_exceeded', retryable: true });
    await start();
    // The controllers wait twice as long before each new try.
    stage.plane.times.timeoutMs = 300_000;
    stage.plane.release(job);
    await settled(job);
  });

  it.each([
    ['a quota in which the stack does not fit', { cpu: '1' }, 'quota.cpu: 1 is less than'],
    [
      'values that are too large for the plan',
      { containerMax: { cpu: '400m', memory: '2Gi', 'ephemeral-storage': '2Gi' } },
      'api.resources.limits.cpu: 500m is more than quota.containerMax.cpu, 400m',
    ],
  ])('%s: the deployment says which amount, and is ready once the plan has room', async (_, change, words) => {
    await start(shippedChart);
    const on = customer();
    const { quota } = shippedPlan('starter').chart;
    on.quota = quota && { ...quota, ...change };
    const job = stage.plane.want(on, 'running');
    await settled(job, 'failed');
    expect(job.failures).toMatchObject([{ code: 'chart_broken', scope: 'customer', retryable: false }]);
    expect(job.failures[0]?.message).toContain(words);
    on.quota = quota;
    await settled(stage.plane.want(on, 'running'));
  });

  it('an upgrade that no waiting mends is ended at once, with its reason kept, and rolled back to what ran', async () => {
    await start();
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    await start({ image: 'gone.invalid/app:2' });
    const job = stage.plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure).toMatchObject({ code: 'not_ready', retryable: true });
    expect(failure.message).toMatch(/ended early, waiting does not mend it; Pod\/app-.*ImagePullBackOff: .*not found/);
    expect(failure.message).not.toMatch(/Rolling back failed/);
    expect(await imageOf(on)).toBe('registry.example.com/app:1');
    // Of a job of five minutes: seconds after the pod has said so, by the job's own clock.
    const toldAt = (words: RegExp) => Date.parse(job.logs.find(({ line }) => words.test(line))?.at ?? '');
    const waitedMs =
      toldAt(/waiting mends nothing/) - toldAt(/pods ready; Pod\/app-.*: (ErrImagePull|ImagePullBackOff)/);
    expect(waitedMs).toBeGreaterThan(0);
    expect(waitedMs).toBeLessThan(15_000);
  });

  it('a resumption that fails leaves what it has started, and the next run brings the rest', async () => {
    await start();
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    await settled(stage.plane.want(on, 'suspended'));
    await start({ image: 'gone.invalid/app:2' });
    const job = stage.plane.want(on, 'running');
    expect((await firstFailure(job)).code).toBe('not_ready');
    const database = async () =>
      (await stage.core.readNamespacedPod({ name: 'postgres-0', namespace: on.namespace })).metadata?.uid;
    const started = await database();
    await start();
    stage.plane.release(job);
    await settled(job);
    expect([await database(), await running(on)]).toEqual([started, 3]);
  });

  it('an upgrade whose helm hangs until its kill timer ends it is rolled back too', async () => {
    await start();
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    const hanging = await stage.shop.hangingHelm('upgrade');
    await start({ image: 'registry.example.com/app:2' }, { HELM_BIN: hanging });
    // A fifth of it is kept for the roll-back, which takes that on a busy machine.
    stage.plane.times.timeoutMs = 2 * shortJobMs;
    const failure = await firstFailure(stage.plane.want(on, 'running'));
    expect(failure).toMatchObject({ code: 'timeout', retryable: true });
    expect(failure.message).not.toMatch(/Rolling back failed/);
    expect(await imageOf(on)).toBe('registry.example.com/app:1');
  });

  async function imageOf({ namespace }: FakeDeployment): Promise<string | undefined> {
    const app = await stage.apps.readNamespacedDeployment({ name: 'app', namespace });
    return app.spec?.template.spec?.containers[0]?.image;
  }
});
