/**
 * Trouble of the cluster on a real control plane: it is no customer's failed run, it is never final, and when it is over
 * every deployment gets there by itself.
 */
import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type ApiProxy, type Fault, startApiProxy } from './api-proxy.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type ProvisionerProcess, shippedChart, startProvisioner, type Workshop, workshop } from './real-cluster.ts';

/** How many install at once, and for how long the API fails. */
const customers = 5;
const failingMs = 20_000;
/** Nothing here is quick on a busy machine. */
const timeout = 400_000;

describeWithTools(['helm', ...clusterTools], 'trouble of the cluster', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let admission: AdmissionregistrationV1Api;
  let shop: Workshop;
  let proxy: ApiProxy;
  let kubeconfig: string;
  let plane: FakeControlPlane;
  let one: ProvisionerProcess;
  let made: FakeDeployment[];

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    admission = config.makeApiClient(AdmissionregistrationV1Api);
    shop = await workshop();
    proxy = await startApiProxy(cluster.kubeconfig, shop.folder);
    kubeconfig = await proxy.kubeconfig({ token: config.getCurrentUser()?.token });
  });
  afterAll(async () => {
    await proxy?.stop();
    await shop?.remove();
    await cluster?.stop();
  });
  beforeEach(async () => {
    plane = await startFakeControlPlane({ timeoutMs: 60_000 });
    made = [];
  });
  afterEach(async () => {
    proxy.fault = () => undefined;
    await one.stop();
    for (const { namespace } of made) await core.deleteNamespace({ name: namespace }).catch(() => {});
    await plane.stop();
  });

  const start = (chart: string, env: Record<string, string> = {}) => {
    one = startProvisioner(plane, {
      KUBECONFIG: kubeconfig,
      HELM_BIN: shop.helmBin,
      HELM_CHART_PATH: chart,
      ...env,
    });
  };
  const customer = (): FakeDeployment => {
    const on = plane.deployment();
    made.push(on);
    return on;
  };
  const delayed = async (job: FakeJob, times = 1) => {
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThanOrEqual(times), { timeout: 90_000 });
    expect(job.failures).toEqual([]);
    return job.delays;
  };
  const settled = (job: FakeJob) =>
    vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 120_000,
      interval: 100,
    });

  it('an API server that fails under a lookup of the chart', { timeout }, async () => {
    start(shippedChart);
    const on = customer();
    await settled(plane.want(on, 'running'));
    // Helm's own questions alone: those of ours are asked again until they are answered.
    proxy.fault = ({ method, path, userAgent }) =>
      userAgent.startsWith('Helm') && method === 'GET' && /\/statefulsets\/[^/]+$/.test(path)
        ? { status: 500 }
        : undefined;
    const job = plane.want(on, 'running');
    const delays = await delayed(job, 4);
    for (const delay of delays)
      expect(delay).toMatchObject({ code: 'cluster_failing', retryable: true, scope: 'cluster' });
    expect(delays[0]?.message).toMatch(/lookup.*statefulsets\/\S+ was answered with 500/);
    proxy.fault = () => undefined;
    await settled(job);
  });

  it('a webhook that is away, for what Helm applies and for the pods that controllers make', { timeout }, async () => {
    const name = `away-${process.pid}`;
    const hook = (resources: string[]) => ({
      metadata: { name },
      webhooks: [
        {
          name: 'away.example.com',
          clientConfig: { url: 'https://127.0.0.1:1/' },
          rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources }],
          namespaceSelector: { matchExpressions: [{ key: 'tenantry.dev/customer', operator: 'Exists' }] },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 1,
        },
      ],
    });
    const install = (resources: string[]) => admission.createValidatingWebhookConfiguration({ body: hook(resources) });
    const remove = () => admission.deleteValidatingWebhookConfiguration({ name });
    try {
      await install(['deployments']);
      start(await shop.chart(), { JOB_TIMEOUT_MS: '20000' });
      const applied = plane.want(customer(), 'running');
      expect((await delayed(applied))[0]).toMatchObject({ code: 'cluster_failing' });
      await remove();
      await settled(applied);

      await install(['pods']);
      const pods = plane.want(customer(), 'running');
      const [delay] = await delayed(pods);
      expect(delay).toMatchObject({ code: 'cluster_failing' });
      expect(delay?.message).toMatch(/(ReplicaSet|StatefulSet)\/.*failed calling webhook "away.example.com"/);
      await remove();
      await settled(pods);
    } finally {
      await remove().catch(() => {});
    }
  });

  it('a namespace that does not go: what holds it is named, and when it lets go the customer is deleted', {
    timeout,
  }, async () => {
    start(await shop.chart(), { JOB_TIMEOUT_MS: '20000' });
    const on = customer();
    await settled(plane.want(on, 'running'));
    const body = { metadata: { name: 'stuck', finalizers: ['example.com/keep'] } };
    await core.createNamespacedConfigMap({ namespace: on.namespace, body });
    const job = plane.want(on, 'deleted');
    const [delay] = await delayed(job);
    expect(delay).toMatchObject({ code: 'namespace_terminating', scope: 'cluster' });
    expect(delay?.message).toMatch(/example\.com\/keep in 1 resource instances.*configmaps. has 1 resource instances/);
    // It is wanted again meanwhile: that waits too, and is no failure.
    await core.replaceNamespacedConfigMap({
      namespace: on.namespace,
      name: 'stuck',
      body: { metadata: { name: 'stuck' } },
    });
    await settled(job);
  });

  it('a third of all answers being errors: everybody is served in the end, nobody fails', { timeout }, async () => {
    const faults: Fault[] = [
      { status: 500 },
      { status: 502 },
      { status: 503 },
      { status: 504 },
      { status: 429 },
      'drop',
    ];
    let failing = true;
    proxy.fault = () =>
      failing && Math.random() < 0.3 ? faults[Math.floor(Math.random() * faults.length)] : undefined;
    start(await shop.chart(), { QUEUE_CONCURRENCY: '4' });
    const jobs = Array.from({ length: customers }, () => plane.want(customer(), 'running'));
    setTimeout(() => {
      failing = false;
    }, failingMs).unref();
    await vi.waitFor(() => expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => 'completed')), {
      timeout: failingMs + 240_000,
      interval: 200,
    });
    expect(jobs.flatMap((job) => job.failures)).toEqual([]);
    expect(jobs.flatMap((job) => job.delays).every((delay) => delay.scope === 'cluster')).toBe(true);
    expect(proxy.asked.filter(({ status }) => status === 0 || status >= 429).length).toBeGreaterThan(customers);
  });
});
