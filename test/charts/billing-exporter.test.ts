/**
 * charts/billing-exporter: a hardened pod with an environment that the exporter takes, closed values whose mistakes are said, and on
 * a real control plane what it and the provisioner's chart may do there.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  type V1ConfigMap,
  type V1Deployment,
  type V1NetworkPolicy,
  type V1Role,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { readConfig } from '../../exporter/config.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { runHelm } from './helm.ts';

const chartOf = (name: string): string => resolve(import.meta.dirname, '../../charts', name);
const chart = chartOf('billing-exporter');
const namespace = 'customer-b4c867f4';
const shapes = (await readdir(join(chart, 'ci'))).map((file) => join(chart, 'ci', file));
const [whole = '', plain = '', full = ''] = shapes.toSorted();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-exporter-chart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Renders a shape, changed by more values. */
async function template(shape: string, changes: object = {}) {
  const file = join(folder, 'changes.yaml');
  await writeFile(file, stringify(changes));
  const values = ['--values', shape, '--values', file];
  return await runHelm(['template', '--namespace', namespace, ...values, '--', 'billing-exporter', chart]);
}
async function render(shape: string, changes: object = {}): Promise<KubernetesObject[]> {
  const run = await template(shape, changes);
  if (!run.ok) throw new Error(run.message);
  return parseAllDocuments(run.stdout).flatMap((document) => document.toJS() ?? []);
}
function pick<T extends KubernetesObject>(objects: KubernetesObject[], kind: string, name?: string): T {
  const found = objects.filter((one) => one.kind === kind && (name === undefined || one.metadata?.name === name));
  if (found.length !== 1) throw new Error(`${found.length} of ${kind} ${name ?? ''}`);
  return found[0] as T;
}
const settingsOf = (objects: KubernetesObject[]) =>
  pick<V1ConfigMap>(objects, 'ConfigMap', 'billing-exporter-config').data ?? {};

describeWithTools(['helm'], 'the chart of the exporter alone', () => {
  it('is linted without a word in every shape that it supports', async () => {
    expect(shapes).toHaveLength(3);
    for (const shape of shapes)
      expect(await runHelm(['lint', '--strict', '--values', shape, '--', chart])).toMatchObject({ ok: true });
  });

  it('gives the exporter an environment that it takes, with no secret in it', async () => {
    for (const shape of shapes) {
      const settings = settingsOf(await render(shape));
      const its = shape === whole ? { mode: 'cluster', namespace: '' } : { mode: 'namespace', namespace };
      expect(readConfig(settings, false)).toMatchObject({ ok: true, value: its });
      expect(settings['API_KEY_FILE']).toBe('/run/secrets/billing/api-key');
    }
    const own = settingsOf(await render(full));
    expect(readConfig(own, false)).toMatchObject({
      value: {
        instanceId: 'k8s-us-east-1',
        windowMs: 900_000,
        meters: ['mqtt', 'postgres', 'requests'],
        openCostUrl: 'http://opencost.opencost:9003',
        prometheus: { headers: { 'X-Scope-OrgID': 'acme' }, token: { file: '/run/secrets/prometheus/token' } },
      },
    });
    // Anchored by Prometheus: its own pod, and those that were named.
    const excluded = new RegExp(`^(?:${own['EXCLUDE_PODS']})$`);
    expect(
      ['billing-exporter-6d5f7c9b4-x2x9z', 'debug-1', 'billing-exporter', 'api-1'].map((p) => excluded.test(p)),
    ).toEqual([true, true, false, false]);
  });

  it('runs without any privilege or token, on a file system that it cannot write, one at a time', async () => {
    for (const shape of shapes) {
      const { spec } = pick<V1Deployment>(await render(shape), 'Deployment');
      const pod = spec?.template.spec;
      expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
      expect(spec?.template.metadata?.labels).toMatchObject({ app: 'billing-exporter' });
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod?.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      if (shape === whole) continue;
      expect(pod?.containers[0]?.resources).toEqual({
        requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
        limits: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '512Mi' },
      });
    }
    const image = pick<V1Deployment>(await render(full), 'Deployment').spec?.template.spec?.containers[0]?.image;
    expect(image).toMatch(/^registry\.internal\.example\/tenantry\/billing-exporter@sha256:[0-9a-f]{64}$/);
  });

  it('reaches DNS, Prometheus, the billing API and OpenCost where it is asked, and is reached by Prometheus alone', async () => {
    const edges = async (shape: string) => {
      const { spec } = pick<V1NetworkPolicy>(await render(shape), 'NetworkPolicy');
      const peersOf = (peers: NonNullable<typeof spec>['egress'] = []) =>
        peers.map(({ to = [], ports = [] }) => [
          to.map((p) => p.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? p.ipBlock?.cidr),
          ports.map(({ port }) => port),
        ]);
      return { in: spec?.ingress?.length, out: peersOf(spec?.egress), types: spec?.policyTypes };
    };
    expect(await edges(plain)).toEqual({
      types: ['Ingress', 'Egress'],
      in: 1,
      out: [
        [['kube-system'], [53, 53]],
        [['monitoring'], [9090]],
        [['0.0.0.0/0', '2000::/3'], [443]],
      ],
    });
    expect(await edges(full)).toEqual({
      types: ['Ingress', 'Egress'],
      in: 0,
      out: [
        [['kube-system'], [53, 53]],
        [['mimir'], [8080]],
        [['opencost'], [9003]],
        [['10.20.0.0/16'], [8443]],
      ],
    });
  });

  it('brings the scrape configuration that the project checks, to copy from', async () => {
    const shown = pick<V1ConfigMap>(await render(plain), 'ConfigMap', 'billing-exporter-prometheus').data;
    const checked = await readFile(resolve(chart, '../../exporter/prometheus.yml'), 'utf8');
    expect(parse(shown?.['prometheus.yml'] ?? '')).toEqual(parse(checked));
    const without = await render(plain, { scrapeConfiguration: false, role: false });
    expect(without.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'ServiceAccount',
    ]);
  });

  it('starts its pod anew when a setting changes', async () => {
    const sumOf = async (changes: object) =>
      pick<V1Deployment>(await render(plain, changes), 'Deployment').spec?.template.metadata?.annotations?.[
        'checksum/config'
      ];
    expect(await sumOf({ meters: ['mqtt'] })).not.toBe(await sumOf({}));
  });

  it.each([
    ['no customer', { customerId: '' }, 'customerId is missing'],
    ['a customer in mode cluster', { mode: 'cluster' }, 'customerId and namespace are for mode namespace'],
    ['half an hour', { collectionIntervalMs: 1_800_000 }, 'collectionIntervalMs'],
    ['a meter that is none', { meters: ['gpu'] }, 'meters'],
    ['a password in an address', { prometheus: { url: 'http://me:pw@prometheus:9090' } }, 'url'],
    ['a user without a password', { prometheus: { username: 'me' } }, 'without prometheus.secret.passwordKey'],
    ['a key of no Secret', { prometheus: { secret: { tokenKey: 'token' } } }, 'without prometheus.secret.name'],
    ['an unknown value', { interval: 1 }, 'interval'],
    ['an edge to everywhere', { networkPolicy: { billingApi: [] } }, 'billingApi'],
  ])('refuses %s in words', async (_, changes, words) => {
    const run = await template(plain, changes);
    expect(run.ok ? 'rendered' : run.message).toContain(words);
  });
});

describeWithTools(['helm', ...clusterTools], 'the operator’s charts on a real control plane', () => {
  let cluster: TestCluster;
  const config = new KubeConfig();
  const home = 'tenantry-charts-test';
  const exporter = 'chart-test-exporter';
  const helm = (...args: string[]) => runHelm(['--kubeconfig', cluster.kubeconfig, '--namespace', home, ...args]);
  beforeAll(async () => {
    cluster = await startCluster();
    config.loadFromFile(cluster.kubeconfig);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: home, labels } } });
  });
  afterAll(async () => {
    await helm('uninstall', '--ignore-not-found', '--', exporter);
    await helm('uninstall', '--ignore-not-found', '--', 'p');
    await config.makeApiClient(CoreV1Api).deleteNamespace({ name: home });
    await cluster?.stop();
  });

  /** What an account may do in its namespace and beside it, as `kubectl auth can-i --list` says; what everybody may is left out. */
  const rightsOf = async (account: string, where: string): Promise<string[]> => {
    const as = new KubeConfig();
    as.loadFromFile(cluster.kubeconfig);
    const user = as.getCurrentUser();
    if (!user) throw new Error('no user');
    as.users = as.users.map((one) => ({ ...one, impersonateUser: account }));
    const review = await as
      .makeApiClient(AuthorizationV1Api)
      .createSelfSubjectRulesReview({ body: { spec: { namespace: where } } });
    return (review.status?.resourceRules ?? [])
      .flatMap(({ verbs, apiGroups = [], resources = [] }) =>
        apiGroups.flatMap((group) =>
          resources.map((one) => `${group ? `${group}/` : ''}${one}: ${verbs.toSorted().join(' ')}`),
        ),
      )
      .filter((rule) => !/^(authorization|authentication)\.k8s\.io\//.test(rule))
      .toSorted();
  };

  /** Installs a shape of a chart, not waiting for its pods, and takes it away again. */
  const tried = async (folderOf: string, file: string) => {
    const run = await helm('install', '--values', join(folderOf, 'ci', file), '--', 'tried', folderOf);
    await helm('uninstall', '--ignore-not-found', '--', 'tried');
    return run;
  };
  const warning = 'would violate PodSecurity';

  it('every shape is taken by the server, in a namespace with Pod Security `restricted`', async () => {
    for (const folderOf of [chart, chartOf('provisioner')])
      for (const file of await readdir(join(folderOf, 'ci'))) {
        const taken = [file, { ok: true, stderr: expect.not.stringContaining(warning) }];
        expect([file, await tried(folderOf, file)]).toMatchObject(taken);
      }
  });

  it('a pod that breaks `restricted` would be seen, in the server’s warning', async () => {
    const broken = join(folder, 'broken');
    await cp(chart, broken, { recursive: true });
    const file = join(broken, 'templates/deployment.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true'));
    expect(await tried(broken, basename(plain))).toMatchObject({ ok: true, stderr: expect.stringContaining(warning) });
  });

  it('the exporter’s account reads services, endpoints and pods of its namespace, and nothing else anywhere', async () => {
    expect(await helm('install', '--values', plain, '--', exporter, chart)).toMatchObject({ ok: true });
    const account = `system:serviceaccount:${home}:${exporter}`;
    expect(await rightsOf(account, home)).toEqual(['endpoints: get list', 'pods: get list', 'services: get list']);
    expect(await rightsOf(account, 'default')).toEqual([]);
    const role = pick<V1Role>(await render(plain), 'Role');
    expect(role.metadata?.name).toBe('billing-exporter-prometheus-reader');
  });
});
