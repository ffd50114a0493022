/**
 * The ClusterRole that ships is enough and not too much: a customer's whole life under exactly it, with the real Helm on a
 * real control plane, and nothing that was asked was refused, and nothing that is allowed was never asked.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  type V1PolicyRule,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { addServiceMonitors, serviceMonitors } from '../harness/service-monitors.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { type ApiProxy, startApiProxy } from './api-proxy.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type ProvisionerProcess, shippedChart, startProvisioner, type Workshop, workshop } from './real-cluster.ts';

const run = promisify(execFile);
const chart = resolve(import.meta.dirname, '../../charts/provisioner');
const [release, namespace] = ['rights', 'rights-test'];
const name = `${release}-provisioner`;

/** Rights that an ordinary life need not use, and what they are for. */
const rare: Record<string, string[]> = {
  'Helm lists what it waits for where the API server cannot begin a watch with what is there (before 1.34)': [
    'list configmaps',
    'list services',
    'list serviceaccounts',
    'list limitranges',
    'list networking.k8s.io/ingresses',
    'list networking.k8s.io/networkpolicies',
    'list policy/poddisruptionbudgets',
    'list monitoring.coreos.com/servicemonitors',
    'list rbac.authorization.k8s.io/clusterrolebindings',
  ],
  'nobody asks for it by a call: the API server looks whether a binding may be made': [
    'bind rbac.authorization.k8s.io/clusterroles',
  ],
  'a claim that has lost its volume is given away when the loss is accepted': ['delete persistentvolumeclaims'],
  'a suspension stops what the customer has beside the chart, and what does not stop by itself': [
    'delete pods',
    'patch replicationcontrollers',
    'patch replicationcontrollers/scale',
    'patch apps/replicasets',
    'patch apps/replicasets/scale',
    'patch apps/deployments/scale',
    'patch apps/statefulsets/scale',
    'patch apps/daemonsets',
    'patch batch/jobs',
    'patch batch/cronjobs',
    'update resourcequotas',
  ],
};
const explained = new Set(Object.values(rare).flat());

/** Fifteen runs of Helm, and a namespace that takes its time to go. */
const timeout = 400_000;

const keyOf = (group: string, resource: string, verb: string) =>
  `${verb} ${group === '' ? '' : `${group}/`}${resource}`;
const keysOf = (rules: V1PolicyRule[]): string[] =>
  rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => keyOf(group, resource, verb)))),
  );

describeWithTools(['helm', ...clusterTools], 'under the ClusterRole that ships', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let rbac: RbacAuthorizationV1Api;
  let shop: Workshop;
  let proxy: ApiProxy;
  let plane: FakeControlPlane;
  let one: ProvisionerProcess;
  let asServiceAccount: KubeConfig;
  const config = new KubeConfig();
  let forget: (() => Promise<void>) | undefined;
  let shippedRules: V1PolicyRule[];
  const helm = (...args: string[]) =>
    run(toolPath('helm'), args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
  const setRules = async (rules: V1PolicyRule[]) => {
    const role = await rbac.readClusterRole({ name });
    await rbac.replaceClusterRole({ name, body: { ...role, rules } });
  };
  const settled = (job: FakeJob) =>
    vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [], delays: [] }), {
      timeout: 90_000,
      interval: 50,
    });
  const compare = async (on: FakeDeployment): Promise<FakeJob> => {
    const job = plane.compare(on);
    await settled(job);
    return job;
  };
  const refused = () =>
    proxy.asked.filter(({ status }) => status === 403).map(({ group, resource, verb }) => keyOf(group, resource, verb));

  beforeAll(async () => {
    cluster = await startCluster();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    rbac = config.makeApiClient(RbacAuthorizationV1Api);
    shop = await workshop();
    proxy = await startApiProxy(cluster.kubeconfig, shop.folder);
    plane = await startFakeControlPlane({ timeoutMs: 60_000 });
    const values = join(chart, 'ci/default-values.yaml');
    await helm('install', '--namespace', namespace, '--create-namespace', '--values', values, '--', release, chart);
    shippedRules = (await rbac.readClusterRole({ name })).rules ?? [];
    const token = await core.createNamespacedServiceAccountToken({
      name,
      namespace,
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    });
    const tokenFile = join(shop.folder, 'token');
    await writeFile(tokenFile, token.status?.token ?? '', { mode: 0o600 });
    const kubeconfig = await proxy.kubeconfig({ tokenFile });
    asServiceAccount = new KubeConfig();
    asServiceAccount.loadFromFile(cluster.kubeconfig);
    asServiceAccount.users = [{ name: 'admin', token: token.status?.token ?? '' }];
    const operators = join(shop.folder, 'operator.yaml');
    await writeFile(operators, 'serviceMonitors: {enabled: true}\n');
    one = startProvisioner(plane, {
      KUBECONFIG: kubeconfig,
      HELM_BIN: shop.helmBin,
      HELM_CHART_PATH: shippedChart,
      HELM_VALUES_FILE: operators,
    });
  });
  afterAll(async () => {
    await one?.stop();
    await plane?.stop();
    await proxy?.stop();
    await helm('uninstall', '--namespace', namespace, '--', release).catch(() => {});
    await core?.deleteNamespace({ name: namespace }).catch(() => {});
    await forget?.();
    await shop?.remove();
    await cluster?.stop();
  });

  it('a kind that the operator’s values ask for is waited for by its name, and once the cluster has it the same job gets there', {
    timeout,
  }, async () => {
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(1), { timeout: 60_000 });
    expect(job.delays[0]).toMatchObject({ code: 'values_invalid', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(
      /HELM_VALUES_FILE: .*serviceMonitors\.enabled: the cluster has no ServiceMonitor/,
    );
    forget = await addServiceMonitors(config);
    await vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 90_000,
    });
    expect(await serviceMonitors(config, on.namespace)).toEqual(
      ['mosquitto-exporter', 'postgres'].map((part) => `${on.release}-customer-instance-${part}`),
    );
    await settled(plane.want(on, 'deleted'));
  });

  it('a customer is installed, upgraded twelve times, compared, suspended, resumed and deleted; every right is used', {
    timeout,
  }, async () => {
    const on = plane.deployment();
    await settled(plane.want(on, 'running'));
    for (let upgrade = 1; upgrade <= 12; upgrade += 1) {
      on.companyName = `Acme ${upgrade}`;
      await settled(plane.want(on, 'running'));
    }
    const kept = await core.listNamespacedSecret({ namespace: on.namespace, labelSelector: 'owner=helm' });
    expect(kept.items).toHaveLength(10);
    const stripped = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } } };
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await core.patchNamespace({ name: on.namespace, body: stripped }, merge);
    await core.deleteNamespacedSecret({ name: 'instance-licence', namespace: on.namespace });
    const compared = await compare(on);
    expect(compared.drift.map(({ object, kind }) => `${kind} ${object}`)).toEqual([
      `changed Namespace/${on.namespace}`,
      'missing Secret/instance-licence',
    ]);
    for (const phase of ['suspended', 'running'] as const) await settled(plane.want(on, phase));
    expect((await compare(on)).drift).toEqual([]);
    await settled(plane.want(on, 'deleted'));
    await expect(core.readNamespace({ name: on.namespace })).rejects.toMatchObject({ code: 404 });

    expect(refused()).toEqual([]);
    // What a patch made anew (201) needed the right to create, too.
    const used = new Set(
      proxy.asked.flatMap(({ group, resource, verb, status }) =>
        [keyOf(group, resource, verb), status === 201 ? keyOf(group, resource, 'create') : []].flat(),
      ),
    );
    expect(keysOf(shippedRules).filter((key) => !used.has(key) && !explained.has(key))).toEqual([]);
    expect([...explained].filter((key) => !keysOf(shippedRules).includes(key))).toEqual([]);
  });

  it('a right that is missing is said by its name, costs no run, and once it is given the job gets there', {
    timeout,
  }, async () => {
    const lacking = shippedRules.map((rule) =>
      rule.resources?.includes('secrets') ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'list') } : rule,
    );
    await setRules(lacking);
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, one.output()).toBeGreaterThan(3), { timeout: 60_000 });
    expect(job.delays[0]).toMatchObject({ code: 'forbidden', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(/cannot list resource "secrets"/);
    expect(job).toMatchObject({ state: expect.stringMatching(/waiting|active/), failures: [] });
    await setRules(shippedRules);
    await vi.waitFor(() => expect(job, one.output()).toMatchObject({ state: 'completed', failures: [] }), {
      timeout: 60_000,
    });
    const gone = plane.want(on, 'deleted');
    await vi.waitFor(() => expect(gone.state).toBe('completed'), { timeout: 60_000 });
  });

  it('nothing is written outside customers’ namespaces, which have their name and our label, whatever the role says', async () => {
    const mine = asServiceAccount.makeApiClient(CoreV1Api);
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    const named = (of: string, labels: Record<string, string> = {}) => ({ metadata: { name: of, labels } });
    const label = 'tenantry.dev/customer';
    const denial = (words: string) => ({ code: 422, message: expect.stringContaining(words) });
    const notOurs = denial("customers' namespaces only");
    const unlabelled = denial(`has no label ${label}`);
    const secretIn = (at: string) => mine.createNamespacedSecret({ namespace: at, body: named('x') });
    const relabel = (of: string, to: string | null) =>
      mine.patchNamespace({ name: of, body: { metadata: { labels: { [label]: to } } } }, merge);
    // A policy takes the API server a moment.
    const dry = () => mine.createNamespacedSecret({ namespace: 'kube-system', body: named('x'), dryRun: 'All' });
    await vi.waitFor(() => expect(dry()).rejects.toMatchObject(notOurs), { timeout: 30_000, interval: 200 });
    await expect(secretIn('kube-system')).rejects.toMatchObject(notOurs);
    await expect(mine.createNamespace({ body: named('production', { [label]: 'cust_1' }) })).rejects.toMatchObject(
      notOurs,
    );
    await expect(mine.deleteNamespace({ name: namespace })).rejects.toMatchObject(notOurs);
    // Somebody else's, with a name as ours have it.
    const [theirs, ours] = ['customer-0badcafe', 'customer-0123abcd'];
    await core.createNamespace({ body: named(theirs) });
    try {
      await expect(secretIn(theirs)).rejects.toMatchObject(unlabelled);
      await expect(relabel(theirs, 'cust_1')).rejects.toMatchObject(unlabelled);
      await expect(mine.deleteNamespace({ name: theirs })).rejects.toMatchObject(unlabelled);
    } finally {
      await core.deleteNamespace({ name: theirs });
    }
    await expect(mine.createNamespace({ body: named(ours) })).rejects.toMatchObject(unlabelled);
    await mine.createNamespace({ body: named(ours, { [label]: 'cust_1' }) });
    await secretIn(ours);
    await mine.patchNamespace({ name: ours, body: named(ours, { other: 'x' }) }, merge);
    for (const to of [null, 'cust_2'])
      await expect(relabel(ours, to)).rejects.toMatchObject(denial('whose a namespace is'));
    await mine.deleteNamespace({ name: ours });
    const rights = asServiceAccount.makeApiClient(RbacAuthorizationV1Api);
    const own = 'c0123abcd-customer-instance-opencost';
    const account = (of: string, at: string) => [{ kind: 'ServiceAccount', name: of, namespace: at }];
    const bind = (of: string, role: string, subjects: { kind: string; name: string; namespace: string }[]) =>
      rights.createClusterRoleBinding({
        body: {
          metadata: { name: of },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects,
        },
      });
    for (const attempt of [
      () => bind('mine', 'tenantry-opencost', account(own, 'customer-0123abcd')),
      () => bind(own, 'tenantry-opencost', account(own, 'customer-11111111')),
      () => bind(own, 'tenantry-opencost', account(name, namespace)),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 422, message: expect.stringContaining("OpenCost's role") });
    await expect(bind(own, 'cluster-admin', account(own, 'customer-0123abcd'))).rejects.toMatchObject({ code: 403 });
    await bind(own, 'tenantry-opencost', account(own, 'customer-0123abcd'));
    await rights.deleteClusterRoleBinding({ name: own });
    const review = await asServiceAccount.makeApiClient(AuthorizationV1Api).createSelfSubjectRulesReview({
      body: { spec: { namespace: 'kube-system' } },
    });
    expect(review.status?.resourceRules.some(({ verbs }) => verbs.includes('*'))).toBe(false);
  });
});
