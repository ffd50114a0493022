/** What becomes of a deployment on a real Kubernetes control plane: installed, suspended, resumed, deleted, refused. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { sha256Hex } from '../../src/lib/keys.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import {
  type ChartSettings,
  type ProvisionerProcess,
  shippedChart,
  startProvisioner,
  type Workshop,
  workshop,
} from './real-cluster.ts';

describeWithTools(['helm', ...clusterTools], 'deployments on a real cluster', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let shop: Workshop;
  let plane: FakeControlPlane;
  let provisioner: ProvisionerProcess | null = null;
  const made: FakeDeployment[] = [];

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    shop = await workshop();
  });
  afterAll(async () => {
    for (const { namespace } of made) await core.deleteNamespace({ name: namespace }).catch(() => {});
    await shop?.remove();
    await cluster?.stop();
  });
  beforeEach(async () => {
    plane = await startFakeControlPlane({ timeoutMs: 13_000 });
  });
  afterEach(async () => {
    await provisioner?.stop();
    provisioner = null;
    await plane.stop();
  });

  /** Replaces the running provisioner by one with this chart, and this environment beside it. */
  async function start(chart: ChartSettings | string = {}, env: Record<string, string> = {}): Promise<void> {
    await provisioner?.stop();
    provisioner = startProvisioner(plane, {
      KUBECONFIG: cluster.kubeconfig,
      HELM_BIN: shop.helmBin,
      HELM_CHART_PATH: typeof chart === 'string' ? chart : await shop.chart(chart),
      ...env,
    });
  }
  /** The first failure of a job, with its retry held back until it is released. */
  async function firstFailure(job: FakeJob): Promise<FakeJob['failures'][number]> {
    plane.faults.holdRetries = true;
    const [failure] = await vi.waitUntil(() => (job.failures.length > 0 ? job.failures : undefined), {
      timeout: 60_000,
      interval: 50,
    });
    if (!failure) throw new Error('no failure');
    return failure;
  }
  const customer = (companyName?: string): FakeDeployment => {
    const on = plane.deployment(companyName);
    made.push(on);
    return on;
  };
  const settled = (job: FakeJob, state: FakeJob['state'] = 'completed') =>
    vi.waitFor(() => expect(job, provisioner?.output()).toMatchObject({ state }), { timeout: 110_000, interval: 50 });
  const secret = async (on: FakeDeployment, name: string, key: string) => {
    const found = await core.readNamespacedSecret({ name, namespace: on.namespace });
    return Buffer.from(found.data?.[key] ?? '', 'base64').toString('utf8');
  };
  const readyPods = async (on: FakeDeployment) => {
    const pods = await core.listNamespacedPod({ namespace: on.namespace });
    return pods.items.filter((pod) => !pod.metadata?.deletionTimestamp && pod.status?.phase === 'Running').length;
  };
  const helmStatus = async (on: FakeDeployment) => {
    const found = await core.listNamespacedSecret({
      namespace: on.namespace,
      labelSelector: `owner=helm,name=${on.release}`,
    });
    return found.items.map((item) => item.metadata?.labels?.['status']).sort();
  };

  it('installs: restricted namespace of ours, Secrets, reporter key known by its hash, pods ready', async () => {
    await start();
    const on = customer('Acme, {{ .Values }} & "Söhne"');
    const job = plane.want(on, 'running');
    await settled(job);
    const found = await core.readNamespace({ name: on.namespace });
    expect(found.metadata?.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'tenantry-provisioner',
      'tenantry.dev/customer': on.customerId,
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    });
    expect(await readyPods(on)).toBe(3);
    expect(await helmStatus(on)).toEqual(['deployed']);
    expect(await secret(on, 'instance-licence', 'license')).toBe('licence-1');
    expect(await secret(on, 'instance-postgres', 'password')).toMatch(/^[0-9a-f]{48}$/);
    const key = await secret(on, 'instance-reporter', 'api-key');
    expect(key).toMatch(new RegExp(`^${on.reporterId}_[0-9a-f]{32}$`));
    expect(plane.reporters.get(on.reporterId)).toBe(await sha256Hex(key));
    const company = await core.readNamespacedConfigMap({ name: 'company', namespace: on.namespace });
    expect(company.data?.['name']).toBe('Acme, {{ .Values }} & "Söhne"');
    expect(job.progress.length).toBeGreaterThan(0);
    const output = provisioner?.output() ?? '';
    expect(output).not.toContain(key);
    expect(output).not.toContain(await secret(on, 'instance-postgres', 'password'));
  });

  it('suspends to zero pods with data and Secrets kept, resumes with a newer licence, deletes for good', async () => {
    await start();
    const on = customer();
    await settled(plane.want(on, 'running'));
    const password = await secret(on, 'instance-postgres', 'password');
    const key = await secret(on, 'instance-reporter', 'api-key');

    await settled(plane.want(on, 'suspended'));
    const scaled = await apps.readNamespacedDeployment({ name: 'app', namespace: on.namespace });
    expect(scaled.spec?.replicas).toBe(0);
    await vi.waitFor(async () => expect(await readyPods(on)).toBe(0), { timeout: 20_000, interval: 200 });
    const claims = await core.listNamespacedPersistentVolumeClaim({ namespace: on.namespace });
    expect(claims.items.map((claim) => claim.status?.phase)).toEqual(['Bound']);

    on.licence = 'licence-2';
    plane.reporters.clear();
    await settled(plane.want(on, 'running'));
    expect(await readyPods(on)).toBe(3);
    expect(await secret(on, 'instance-licence', 'license')).toBe('licence-2');
    expect(await secret(on, 'instance-postgres', 'password')).toBe(password);
    expect(await secret(on, 'instance-reporter', 'api-key')).toBe(key);
    // A control plane that was restored from before hears of the key again.
    expect(plane.reporters.get(on.reporterId)).toBe(await sha256Hex(key));

    await settled(plane.want(on, 'deleted'));
    await expect(core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });
    await settled(plane.want(on, 'deleted'));
  });

  it('runs the shipped chart through a customer’s life', async () => {
    await start(shippedChart);
    const on = customer('--kube-context=x, {a: b} "`$(id)`');
    for (const phase of ['running', 'suspended', 'running', 'deleted'] as const) {
      const job = plane.want(on, phase);
      await settled(job);
      expect(job.failures).toEqual([]);
    }
    await expect(core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });
  });

  it('the operator’s values reach the release, and ours win over them', async () => {
    const path = join(shop.folder, 'operator, our own.yaml');
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
    const job = plane.want(on, 'running');
    await settled(job);
    expect(job.failures).toEqual([]);
    const named = (part: string) => ({ name: `${on.release}-customer-instance-${part}`, namespace: on.namespace });
    const api = await apps.readNamespacedDeployment(named('api'));
    const [container] = api.spec?.template.spec?.containers ?? [];
    expect(container).toMatchObject({
      image: expect.stringMatching(/^registry\.example\.com\/api:/),
      resources: { limits: { cpu: '600m', memory: '512Mi' } },
    });
    expect(api.spec?.replicas).toBe(1);
    const quota = await core.readNamespacedResourceQuota(named('quota'));
    expect(quota.spec?.hard).toMatchObject({ 'limits.cpu': '4' });
    const config = await core.readNamespacedConfigMap(named('api'));
    expect(config.data).toMatchObject({ COMPANY_NAME: 'Acme' });
  });

  it('a stack that drains is down but for its exporter, which nothing waits for and no roll-back follows', async () => {
    await start(shippedChart);
    const on = customer();
    await settled(plane.want(on, 'running'));
    await start(await shop.chartWithoutExporter());
    on.draining = true;
    const job = plane.want(on, 'suspended');
    await settled(job);
    expect(job.failures).toEqual([]);
    const { items } = await apps.listNamespacedDeployment({ namespace: on.namespace });
    const replicas = items.map(({ metadata, spec }) => [metadata?.name, spec?.replicas]);
    expect(Object.fromEntries(replicas)).toEqual({
      [`${on.release}-customer-instance-api`]: 0,
      [`${on.release}-customer-instance-billing-exporter`]: 1,
    });
    on.draining = false;
    await settled(plane.want(on, 'suspended'));
    await vi.waitFor(async () => expect(await readyPods(on)).toBe(0), { timeout: 20_000, interval: 200 });
  });

  it('a database password that has gone is said, and never made anew where the database has run', async () => {
    await start();
    const on = customer();
    await settled(plane.want(on, 'running'));
    await core.deleteNamespacedSecret({ name: 'instance-postgres', namespace: on.namespace });
    const job = plane.want(on, 'running');
    await settled(job, 'failed');
    expect(job.failures[0]).toMatchObject({ code: 'secret_lost', retryable: false });
    await expect(secret(on, 'instance-postgres', 'password')).rejects.toMatchObject({ code: 404 });
  });

  it('a namespace that somebody else has is reported and never touched, by no phase', async () => {
    await start();
    for (const phase of ['running', 'deleted'] as const) {
      const on = customer();
      await core.createNamespace({ body: { metadata: { name: on.namespace, labels: { team: 'theirs' } } } });
      const job = plane.want(on, phase);
      await settled(job, 'failed');
      expect(job.attempts).toBe(1);
      expect(job.failures[0]).toMatchObject({ code: 'namespace_taken', retryable: false });
      const left = await core.readNamespace({ name: on.namespace });
      expect(left.metadata?.labels).not.toHaveProperty('pod-security.kubernetes.io/enforce');
      expect((await core.listNamespacedSecret({ namespace: on.namespace })).items).toEqual([]);
    }
  });

  it('says why a stack is not ready, in the events of the object that is not', async () => {
    await start({ image: 'missing.invalid/app:1' });
    const on = customer();
    const job = plane.want(on, 'running');
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
    await start();
    plane.release(job);
    await settled(job);
  });

  it('a pod that nobody has room for: the scheduler’s own words', async () => {
    await start({ cpu: '4000' });
    const job = plane.want(customer(), 'running');
    const failure = await firstFailure(job);
    expect(failure.message).toMatch(/Unschedulable: 0\/1 nodes are available: 1 Insufficient cpu/);
  });

  it('a pod that breaks restricted is refused by the cluster, which is final', async () => {
    await start({ restricted: false });
    const job = plane.want(customer(), 'running');
    await settled(job, 'failed');
    expect(job.attempts).toBe(1);
    expect(job.failures[0]).toMatchObject({ code: 'pod_security', retryable: false });
    expect(job.failures[0]?.message).toMatch(/violates PodSecurity "restricted:latest": allowPrivilegeEscalation/);
  });

  it('a full quota is said, and the job goes on when there is room', async () => {
    await start({ quotaPods: 1 });
    const on = customer();
    const job = plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure).toMatchObject({ code: 'quota_exceeded', retryable: true });
    await start();
    // The controllers wait twice as long before each new try.
    plane.times.timeoutMs = 90_000;
    plane.release(job);
    await settled(job);
  });

  it('an upgrade that fails is rolled back to what ran, with its reason kept', async () => {
    await start();
    const on = customer();
    await settled(plane.want(on, 'running'));
    await start({ image: 'missing.invalid/app:2' });
    const job = plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure.message).toMatch(/ImagePullBackOff/);
    const back = await apps.readNamespacedDeployment({ name: 'app', namespace: on.namespace });
    expect(back.spec?.template.spec?.containers[0]?.image).toBe('registry.example.com/app:1');
  });
});
