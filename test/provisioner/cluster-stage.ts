/**
 * What tests on a real cluster stand on: the cluster, its API, a workshop of charts, for each test a fake control plane and
 * a provisioner in a process of its own. Owns starting and ending them, and the questions that many tests ask.
 */
import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import {
  type ChartSettings,
  type ProvisionerProcess,
  startProvisioner,
  type Workshop,
  workshop,
} from './real-cluster.ts';

/** Far above what anything takes on a machine that is busy: a wait ends with the thing, or says that it never came. */
export const patienceMs = 220_000;
/** For tests that wait for a failure, which takes all of a job's time: enough for pods to be made on a busy machine. */
export const shortJobMs = 35_000;

function made<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is there inside a test only`);
  return value;
}

/** Sets the stage for every test of a `describe`. */
export function setClusterStage() {
  let cluster: TestCluster | undefined;
  let shop: Workshop | undefined;
  let plane: FakeControlPlane | undefined;
  let provisioner: ProvisionerProcess | null = null;
  const config = new KubeConfig();
  const namespaces: string[] = [];
  vi.setConfig({ testTimeout: patienceMs + 20_000, hookTimeout: patienceMs });

  beforeAll(async () => {
    cluster = await startCluster();
    config.loadFromFile(cluster.kubeconfig);
    shop = await workshop();
  });
  afterAll(async () => {
    const core = config.makeApiClient(CoreV1Api);
    for (const name of namespaces) await core.deleteNamespace({ name }).catch(() => {});
    await shop?.remove();
    await cluster?.stop();
    vi.resetConfig();
  });
  beforeEach(async () => {
    plane = await startFakeControlPlane();
  });
  afterEach(async () => {
    await provisioner?.stop();
    provisioner = null;
    await plane?.stop();
  });

  const stage = {
    get kubeconfig() {
      return made(cluster, 'the cluster').kubeconfig;
    },
    get core() {
      return config.makeApiClient(CoreV1Api);
    },
    get apps() {
      return config.makeApiClient(AppsV1Api);
    },
    get batch() {
      return config.makeApiClient(BatchV1Api);
    },
    get networking() {
      return config.makeApiClient(NetworkingV1Api);
    },
    config,
    get shop() {
      return made(shop, 'the workshop');
    },
    get plane() {
      return made(plane, 'the control plane');
    },
    output: (): string => provisioner?.output() ?? '',
    /** Replaces the running provisioner by one with this chart, and this environment beside it. */
    async start(chart: ChartSettings | string = {}, env: Record<string, string> = {}): Promise<void> {
      await provisioner?.stop();
      provisioner = startProvisioner(stage.plane, {
        KUBECONFIG: stage.kubeconfig,
        HELM_BIN: stage.shop.helmBin,
        HELM_CHART_PATH: typeof chart === 'string' ? chart : await stage.shop.chart(chart),
        ...env,
      });
    },
    customer(companyName?: string): FakeDeployment {
      const on = stage.plane.deployment(companyName);
      namespaces.push(on.namespace);
      return on;
    },
    async settled(job: FakeJob, state: FakeJob['state'] = 'completed'): Promise<FakeJob> {
      // A run that fails from now on would only be tried again, and hide why.
      const before = job.failures.length;
      const ended = () => job.state === 'completed' || job.state === 'failed' || job.failures.length > before;
      await vi.waitUntil(ended, { timeout: patienceMs, interval: 50 });
      expect(job, stage.output()).toMatchObject({ state });
      return job;
    },
    /** The first failure of a job, with its retry held back until it is released. */
    async firstFailure(job: FakeJob): Promise<FakeJob['failures'][number]> {
      stage.plane.faults.holdRetries = true;
      const ended = () => job.failures.length > 0 || job.state === 'completed';
      await vi.waitUntil(ended, { timeout: patienceMs, interval: 50 }).catch(() => {});
      const [failure] = job.failures;
      if (!failure) throw new Error(`no failure, but ${JSON.stringify(job)}: ${stage.output()}`);
      return failure;
    },
    async secret(on: FakeDeployment, name: string, key: string): Promise<string> {
      const found = await stage.core.readNamespacedSecret({ name, namespace: on.namespace });
      return Buffer.from(found.data?.[key] ?? '', 'base64').toString('utf8');
    },
    /** Names of the pods that have not ended, those that are ending included. */
    async pods(on: FakeDeployment): Promise<string[]> {
      const { items } = await stage.core.listNamespacedPod({ namespace: on.namespace });
      return items
        .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
        .map(({ metadata }) => metadata?.name ?? '');
    },
    /** How many pods run and are not ending. */
    async running(on: FakeDeployment): Promise<number> {
      const { items } = await stage.core.listNamespacedPod({ namespace: on.namespace });
      return items.filter((pod) => !pod.metadata?.deletionTimestamp && pod.status?.phase === 'Running').length;
    },
    /** Statuses of the release's revisions, sorted by name. */
    async helmStatus(on: FakeDeployment): Promise<(string | undefined)[]> {
      const found = await stage.core.listNamespacedSecret({
        namespace: on.namespace,
        labelSelector: `owner=helm,name=${on.release}`,
      });
      return found.items.map((item) => item.metadata?.labels?.['status']).sort();
    },
  };
  return stage;
}
