/** The chart on a real control plane: API server, admission, quotas, Pod Security, scheduler, volume binding and Helm's wait. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AppsV1Api, CoreV1Api, KubeConfig, SchedulingV1Api, StorageV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartValues, chartValues } from '../../src/contracts/jobs.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { type Example, exampleValues, type Plan, plans } from './example.ts';
import { helm, runHelm } from './helm.ts';
import { hostileNames } from './hostile-names.ts';
import { everySetting } from './operator-values.ts';
import { claimsOf, componentsOf } from './parts.ts';

/** Long enough for a loaded machine; an install takes under a second here. */
const waitSeconds = 60;
/** How long an upgrade that can never become ready is watched. */
const brokenWaitSeconds = 4;
/** How long a namespace may take to go. */
const pollMs = 60_000;
const provisionerChart = resolve(import.meta.dirname, '../../charts/provisioner');
const otherClass = 'chart-test-other';
const hostileInstalled = [
  'Acme,admin=true',
  '--kube-context=other',
  '{{ fail "no" }}',
  '&anchor name',
  '株式会社エクザンプル',
];

describeWithTools(['helm', 'kubectl', ...clusterTools], 'a customer on a real cluster', () => {
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
  const installed = { ok: true, stdout: expect.stringContaining('STATUS: deployed') };

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

  it.each(plans)('becomes ready under restricted Pod Security within the quota of %s', async (plan) => {
    const values = await newCustomer({ plan });
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(each(plan, '1 of 1'));
    const quota = (await core.listNamespacedResourceQuota({ namespace: namespaceOf(values) })).items[0]?.status;
    expect(quota?.hard).toMatchObject({ 'limits.cpu': plan === 'enterprise' ? '8' : '4', persistentvolumeclaims: '8' });
    expect(quota?.used).toMatchObject({
      'requests.cpu': plan === 'enterprise' ? '1700m' : '1100m',
      'requests.memory': plan === 'enterprise' ? '2496Mi' : '1344Mi',
      'requests.storage': plan === 'enterprise' ? '32Gi' : '12Gi',
      persistentvolumeclaims: String(claimsOf(plan).length),
      pods: String(componentsOf(plan).length),
    });
  });

  it.each(plans)(
    'of %s is taken by the API server in every state, with and without an ingress, without a warning',
    async (plan) => {
      const namespace = namespaceOf(await newCustomer({ plan }));
      const shortId = namespace.replace('customer-', '');
      for (const enabled of [true, false])
        for (const state of [{}, { suspended: true }, { suspended: true, draining: true }]) {
          const values = exampleValues({ plan, ...state, customerId: `cust_${shortId}${'0'.repeat(24)}` });
          const rendered = await helm(['template', '--no-hooks'], { values, overrides: { ingress: { enabled } } });
          // Strict: a field that the server's own schema does not know is an error. Pod Security tells what it would refuse as a warning.
          const said = await kubectl(
            ['-n', namespace, 'apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
            rendered.ok ? rendered.stdout : rendered.message,
          );
          expect([plan, enabled, state, said.code, said.stderr]).toEqual([plan, enabled, state, 0, '']);
        }
    },
  );

  it('gives its service accounts no right, but OpenCost’s to read', async () => {
    const values = await newCustomer({ plan: 'enterprise' });
    const namespace = namespaceOf(values);
    const role = await runHelm([
      'template',
      '--show-only',
      'templates/opencost-role.yaml',
      '--values',
      join(provisionerChart, 'ci/default-values.yaml'),
      '--',
      'p',
      provisionerChart,
    ]);
    expect(await kubectl(['apply', '-f', '-'], role.ok ? role.stdout : role.message)).toMatchObject({ code: 0 });
    expect(await upgrade({ ...values, suspended: true, metering: false })).toEqual(installed);
    const rights = async (account: string) => {
      const { stdout } = await kubectl(
        ['-n', namespace, 'auth', 'can-i', '--list', `--as=system:serviceaccount:${namespace}:${account}`],
        '',
      );
      return stdout
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/\s+/g, ' ').trim())
        .filter(Boolean)
        .sort();
    };
    const nobodys = await rights('default');
    for (const component of componentsOf('enterprise').filter((name) => name !== 'opencost'))
      expect([component, await rights(`c${values.customer.shortId}-customer-instance-${component}`)]).toEqual([
        component,
        nobodys,
      ]);
    const reading = (await rights(`c${values.customer.shortId}-customer-instance-opencost`)).filter(
      (line) => !nobodys.includes(line),
    );
    const watched = [
      ...[
        'namespaces',
        'nodes',
        'persistentvolumeclaims',
        'persistentvolumes',
        'pods',
        'replicationcontrollers',
        'resourcequotas',
        'services',
      ],
      ...[
        'daemonsets.apps',
        'deployments.apps',
        'replicasets.apps',
        'statefulsets.apps',
        'jobs.batch',
        'poddisruptionbudgets.policy',
        'storageclasses.storage.k8s.io',
      ],
    ];
    expect(reading).toEqual(watched.map((resource) => `${resource} [] [] [get list watch]`).sort());
    expect(await kubectl(['delete', 'clusterrole', 'tenantry-opencost'], '')).toMatchObject({ code: 0 });
  });

  it('is ready with every setting that an operator has for its pods', async () => {
    const values = await newCustomer();
    const namespace = namespaceOf(values);
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'mail' }, stringData: { token: 'x' } } });
    const scheduling = config.makeApiClient(SchedulingV1Api);
    const [node] = (await core.listNode()).items;
    const name = node?.metadata?.name ?? '';
    const label = (op: 'add' | 'remove') =>
      core.patchNode({
        name,
        body: [
          { op, path: '/metadata/labels/pool', value: 'customers' },
          { op, path: '/metadata/labels/disk', value: 'ssd' },
        ],
      });
    const classes = [everySetting.priorityClassName, everySetting.postgres.priorityClassName];
    for (const name of classes) await scheduling.createPriorityClass({ body: { metadata: { name }, value: 1000 } });
    await label('add');
    try {
      expect(await upgrade(values, everySetting)).toEqual(installed);
      expect(await readiness(values)).toEqual(allReady);
      const { items } = await core.listNamespacedPod({ namespace });
      expect(items.map(({ spec }) => [spec?.nodeName, spec?.priority])).toEqual(
        componentsOf('starter').map(() => [name, 1000]),
      );
    } finally {
      await label('remove');
      for (const name of classes) await scheduling.deletePriorityClass({ name });
    }
  });

  it('has no way in beside the ingress controller, and no more storage than the plan', async () => {
    const values = await newCustomer();
    await upgrade(values);
    const namespace = namespaceOf(values);
    for (const type of ['LoadBalancer', 'NodePort']) {
      const body = { metadata: { name: 'open' }, spec: { type, selector: { app: 'x' }, ports: [{ port: 80 }] } };
      await expect(core.createNamespacedService({ namespace, body })).rejects.toThrow(/exceeded quota.*services\./s);
    }
    const claim = (storage: string) => ({
      metadata: { generateName: 'more-' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    await core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('20Gi') });
    await expect(core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('20Gi') })).rejects.toThrow(
      /exceeded quota.*requests\.storage/s,
    );
  });

  it('is suspended to nothing, keeps its data, and comes back to it', async () => {
    const values = await newCustomer();
    await upgrade(values);
    const before = await claim(values);
    expect(await upgrade({ ...values, suspended: true, metering: false })).toEqual(installed);
    expect(await readiness(values)).toEqual(noneRunning);
    expect(await claim(values)).toEqual(before);
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(allReady);
    expect(await claim(values)).toEqual(before);
  });

  it('drains with the exporter pod that it had, which goes on when the stack is resumed', async () => {
    const values = await newCustomer();
    await upgrade(values);
    const exporter = async () => {
      const labelSelector = 'app.kubernetes.io/component=billing-exporter';
      const { items } = await core.listNamespacedPod({ namespace: namespaceOf(values), labelSelector });
      return items.map(({ metadata }) => metadata?.uid);
    };
    const before = await exporter();
    expect(before).toHaveLength(1);
    expect(await upgrade({ ...values, suspended: true, metering: true })).toEqual(installed);
    expect(await readiness(values)).toEqual({ ...noneRunning, 'billing-exporter': '1 of 1' });
    expect(await upgrade(values)).toEqual(installed);
    expect(await exporter()).toEqual(before);
  });

  it('can be suspended before it ever ran', async () => {
    const values = await newCustomer({ suspended: true });
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(noneRunning);
  });

  it('keeps its data when the release is uninstalled, and finds it again when it is installed again', async () => {
    const values = await newCustomer();
    await upgrade(values);
    const before = await claim(values);
    expect(await onRelease(['uninstall', '--wait'], values)).toMatchObject({ ok: true });
    expect(await readiness(values)).toEqual({});
    expect(await claim(values)).toEqual(before);
    expect(await upgrade(values)).toEqual(installed);
    expect(await claim(values)).toEqual(before);
  });

  it('of a chart before broker, Redis and dashboard is upgraded in place: the database has the volume that it had', async () => {
    const values = await newCustomer();
    const before = resolve(import.meta.dirname, 'chart-0.1.0.yaml');
    // As that chart rendered it, with this customer's names.
    const text = (await readFile(before, 'utf8')).replaceAll('b4c867f4', values.customer.shortId);
    const old = join(await mkdtemp(join(tmpdir(), 'tenantry-old-chart-')), 'customer-instance');
    await mkdir(join(old, 'templates'), { recursive: true });
    await writeFile(join(old, 'Chart.yaml'), 'apiVersion: v2\nname: customer-instance\nversion: 0.1.0\n');
    await writeFile(join(old, 'templates/all.yaml'), text);
    const flags = [
      '--kubeconfig',
      cluster.kubeconfig,
      '--wait',
      '--timeout',
      `${waitSeconds}s`,
      '--namespace',
      namespaceOf(values),
    ];
    const first = await runHelm(['install', ...flags, '--', `c${values.customer.shortId}`, old]);
    expect(first).toEqual(installed);
    expect(Object.keys(await readiness(values)).sort()).toEqual(['api', 'billing-exporter', 'postgres']);
    const was = await claim(values);
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(allReady);
    expect(await claim(values)).toEqual(was);
    await rm(dirname(old), { recursive: true });
  });

  it.each(['Delete', 'Retain'])('of a deleted customer leaves what a storage class with %s leaves', async (policy) => {
    const storageClass = `chart-test-${policy.toLowerCase()}`;
    await storage.createStorageClass({
      body: { metadata: { name: storageClass }, provisioner: 'kubernetes.io/host-path', reclaimPolicy: policy },
    });
    const values = await newCustomer({ storageClass });
    await upgrade(values);
    const { volume = '' } = await claim(values);
    await core.deleteNamespace({ name: namespaceOf(values) });
    const phase = async () => {
      const volumes = (await core.listPersistentVolume()).items;
      return volumes.find(({ metadata }) => metadata?.name === volume)?.status?.phase ?? 'gone';
    };
    await expect.poll(phase, { timeout: pollMs }).toBe(policy === 'Delete' ? 'gone' : 'Released');
    const left = (await core.listPersistentVolume()).items.filter(
      ({ spec }) => spec?.storageClassName === storageClass,
    );
    for (const { metadata } of left) await core.deletePersistentVolume({ name: metadata?.name ?? '' });
    await storage.deleteStorageClass({ name: storageClass });
  });

  it("upgrades after the cluster's storage class and the chart's volume size have changed, on the volume it has", async () => {
    const values = await newCustomer();
    await upgrade(values);
    const before = await claim(values);
    const moved = { ...values, storageClass: otherClass };
    expect(await upgrade(moved, { postgres: { storageSize: '20Gi' } })).toEqual(installed);
    expect(await claim(values)).toEqual(before);
    const later = await newCustomer({ storageClass: otherClass });
    await upgrade(later);
    expect(await claim(later)).toMatchObject({ storageClass: otherClass, phase: 'Bound' });
  });

  it('is healed by a rollback from an upgrade whose database image never starts', async () => {
    const values = await newCustomer();
    await upgrade(values);
    const before = await claim(values);
    const broken = { postgres: { image: { repository: 'missing.invalid/postgres' } } };
    expect(await upgrade(values, broken, brokenWaitSeconds)).toMatchObject({ ok: false });
    expect(await readiness(values)).toMatchObject({ postgres: '0 of 1' });
    expect(await onRelease(['rollback', '--wait', '--timeout', `${waitSeconds}s`], values)).toMatchObject({ ok: true });
    expect(await readiness(values)).toEqual(allReady);
    expect(await claim(values)).toEqual(before);
  });

  it('changes plan in place, down again too', async () => {
    const values = await newCustomer({ plan: 'starter' });
    await upgrade(values);
    for (const plan of ['enterprise', 'professional'] as const) {
      const { monitoring, quota } = exampleValues({ plan });
      expect(await upgrade({ ...values, plan, monitoring, ...(quota && { quota }) })).toEqual(installed);
      expect(await readiness(values)).toEqual(each(plan, '1 of 1'));
    }
  });

  it.each(hostileInstalled)('is installed under the name %s', async (companyName) => {
    const hostile = hostileNames(200).find((name) => name.companyName === companyName);
    const values = await newCustomer(hostile);
    expect(chartValues.parse(values).customer.companyName).toBe(companyName);
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(allReady);
    const name = `c${values.customer.shortId}-customer-instance-api`;
    const { data } = await core.readNamespacedConfigMap({ name, namespace: namespaceOf(values) });
    expect(data).toMatchObject({ COMPANY_NAME: companyName, CUSTOMER_EMAIL: hostile?.email });
  });
});
