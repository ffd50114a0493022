/** Customers of the chart on a control plane of their own: made as the provisioner makes them, installed, looked at, and cleared away. */
import { spawn } from 'node:child_process';
import { AppsV1Api, CoreV1Api, KubeConfig, StorageV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ChartValues } from '../../src/contracts/jobs.ts';
import { startCluster, type TestCluster } from '../harness/cluster.ts';
import { toolPath } from '../harness/tools.ts';
import { type Example, exampleValues, type Plan } from './example.ts';
import { helm, runHelm } from './helm.ts';
import { componentsOf } from './parts.ts';

/** Long enough for a loaded machine; an install takes under a second here. */
export const waitSeconds = 60;
/** A storage class beside the cluster's own. */
export const otherClass = 'chart-test-other';

/** For one `describe`: starts the control plane before its tests, and stops it after them. */
export function customersOnCluster() {
  let cluster: TestCluster;
  const config = new KubeConfig();
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let storage: StorageV1Api;
  const namespaces: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    storage = config.makeApiClient(StorageV1Api);
    await storage.createStorageClass({
      body: { metadata: { name: otherClass }, provisioner: 'kubernetes.io/host-path' },
    });
  });
  afterAll(async () => {
    for (const { metadata } of (await core?.listNamespace())?.items ?? []) {
      const name = metadata?.name ?? '';
      if (namespaces.includes(name)) await core.deleteNamespace({ name });
    }
    await storage?.deleteStorageClass({ name: otherClass });
    await cluster?.stop();
  });

  /** A customer of its own, in a namespace as the provisioner makes it, with the Secrets that the chart names. */
  const newCustomer = async (example: Example = {}): Promise<ChartValues> => {
    const number = (0xc0000000 + namespaces.length).toString(16);
    const values = exampleValues({ ...example, customerId: `cust_${number}${'0'.repeat(24)}` });
    const namespace = `customer-${number}`;
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
    namespaces.push(namespace);
    for (const [name, key] of [
      ['instance-licence', 'license'],
      ['instance-postgres', 'password'],
      ['instance-reporter', 'api-key'],
      ['instance-app-reporter', 'api-key'],
      ['instance-broker-database', 'password'],
      ['instance-postgres-metrics', 'password'],
      ['instance-mqtt-api', 'password'],
      ['instance-mqtt-exporter', 'password'],
      ['instance-redis', 'password'],
      ['instance-admin', 'password'],
      ['instance-grafana', 'password'],
    ] as const)
      await core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData: { [key]: 'secret' } } });
    return values;
  };
  const namespaceOf = (values: ChartValues) => `customer-${values.customer.shortId}`;

  const upgrade = (values: ChartValues, overrides?: Record<string, unknown>, seconds = waitSeconds) => {
    const flags = ['--kubeconfig', cluster.kubeconfig, '--wait', '--timeout', `${seconds}s`];
    return helm(['upgrade', '--install', ...flags], { values, ...(overrides && { overrides }) });
  };
  const kubectl = (args: string[], input: string) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((ended) => {
      const child = spawn(toolPath('kubectl'), ['--kubeconfig', cluster.kubeconfig, ...args]);
      const said = { stdout: '', stderr: '' };
      for (const way of ['stdout', 'stderr'] as const) child[way].on('data', (text) => (said[way] += String(text)));
      child.on('close', (code) => ended({ code, ...said }));
      child.stdin.end(input);
    });
  const onRelease = (verb: string[], values: ChartValues) =>
    runHelm([
      ...verb,
      '--kubeconfig',
      cluster.kubeconfig,
      '--namespace',
      namespaceOf(values),
      '--',
      `c${values.customer.shortId}`,
    ]);
  const installed = { ok: true, stdout: expect.stringContaining('STATUS: deployed'), stderr: expect.any(String) };

  /** `{api: 'ready', …}` of the workloads. */
  const readiness = async (values: ChartValues): Promise<Record<string, string>> => {
    const namespace = namespaceOf(values);
    const sets = [
      ...(await apps.listNamespacedDeployment({ namespace })).items,
      ...(await apps.listNamespacedStatefulSet({ namespace })).items,
    ];
    return Object.fromEntries(
      sets.map(({ metadata, status, spec }) => [
        metadata?.labels?.['app.kubernetes.io/component'],
        `${status?.readyReplicas ?? 0} of ${spec?.replicas}`,
      ]),
    );
  };
  const each = (plan: Plan, state: string) => Object.fromEntries(componentsOf(plan).map((part) => [part, state]));
  const allReady = each('starter', '1 of 1');
  const noneRunning = each('starter', '0 of 0');

  /** The data's claim: which volume, of which class and size. */
  const claim = async (values: ChartValues) => {
    const { items } = await core.listNamespacedPersistentVolumeClaim({ namespace: namespaceOf(values) });
    const found = items.find(({ metadata }) => metadata?.name?.endsWith('-postgres-0'));
    return {
      volume: found?.spec?.volumeName,
      storageClass: found?.spec?.storageClassName,
      size: found?.spec?.resources?.requests?.['storage'],
      phase: found?.status?.phase,
    };
  };
  return {
    newCustomer,
    namespaceOf,
    upgrade,
    kubectl,
    onRelease,
    installed,
    readiness,
    each,
    allReady,
    noneRunning,
    claim,
    get kubeconfig() {
      return cluster.kubeconfig;
    },
    get core() {
      return core;
    },
    get storage() {
      return storage;
    },
    get config() {
      return config;
    },
  };
}
