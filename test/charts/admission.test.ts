/** What the API server, its admission, quotas and rights say of the chart, on a real control plane. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SchedulingV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, plans } from './example.ts';
import { helm, lint, runHelm } from './helm.ts';
import { conform, exceptions, score, writeSchemas } from './judges.ts';
import { customersOnCluster } from './on-cluster.ts';
import { everySetting } from './operator-values.ts';
import { claimsOf, componentsOf } from './parts.ts';

const charts = resolve(import.meta.dirname, '../../charts');
const provisionerChart = join(charts, 'provisioner');

const tools = ['helm', 'kubectl', 'kubeconform', 'kube-score', ...clusterTools];

describeWithTools(tools, 'a customer’s objects on a real cluster', () => {
  const on = customersOnCluster();
  const { newCustomer, namespaceOf, upgrade, kubectl, installed, readiness, each, allReady } = on;
  /** The server's schemas, for kubeconform. */
  let schemas: string;
  /** Exceptions from kube-score's checks that were met. */
  const met = new Set<string>();
  beforeAll(async () => {
    schemas = await mkdtemp(join(tmpdir(), 'tenantry-schemas-'));
    const { stdout } = await kubectl(['get', '--raw', '/openapi/v2'], '');
    await writeSchemas(JSON.parse(stdout), schemas);
  });
  afterAll(() => rm(schemas, { recursive: true, force: true }));

  it.each(plans)('becomes ready under restricted Pod Security within the quota of %s', async (plan) => {
    const values = await newCustomer({ plan });
    expect(await upgrade(values)).toEqual(installed);
    expect(await readiness(values)).toEqual(each(plan, '1 of 1'));
    const quota = (await on.core.listNamespacedResourceQuota({ namespace: namespaceOf(values) })).items[0]?.status;
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
    'of %s is taken by the API server, and by judges of manifests, in every state, with and without an ingress, without a warning',
    async (plan) => {
      const namespace = namespaceOf(await newCustomer({ plan }));
      const shortId = namespace.replace('customer-', '');
      for (const enabled of [true, false])
        for (const state of [{}, { suspended: true }, { suspended: true, draining: true }]) {
          const values = exampleValues({ plan, ...state, customerId: `cust_${shortId}${'0'.repeat(24)}` });
          const overrides = { ingress: { enabled } };
          const linted = await lint(values, overrides);
          expect([plan, enabled, state, linted]).toEqual([plan, enabled, state, expect.objectContaining({ ok: true })]);
          const rendered = await helm(['template', '--no-hooks'], { values, overrides });
          const text = rendered.ok ? rendered.stdout : rendered.message;
          // Strict: a field that the server's own schema does not know is an error. Pod Security tells what it would refuse as a warning.
          const said = await kubectl(
            ['-n', namespace, 'apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
            text,
          );
          expect([plan, enabled, state, said.code, said.stderr]).toEqual([plan, enabled, state, 0, '']);
          const objects = text.match(/^kind: /gm)?.length ?? 0;
          const [conforms, scores] = [await conform(text, schemas), await score(text)];
          expect([plan, enabled, state, conforms]).toEqual([plan, enabled, state, { judged: objects, complaints: [] }]);
          expect([plan, enabled, state, scores.complaints]).toEqual([plan, enabled, state, []]);
          const scored = text.match(/^kind: (Deployment|StatefulSet|Service|NetworkPolicy|Ingress)$/gm)?.length ?? 0;
          expect(scores.judged).toBeGreaterThanOrEqual(scored);
          for (const check of scores.used) met.add(check);
        }
    },
  );

  it('has no exception from the judges’ rules that nothing needs', () => {
    expect(exceptions.map(({ check }) => check).filter((check) => !met.has(check))).toEqual([]);
  });

  it.each([
    ['a misspelt field', 'v1', 'Service', { ports: [{ port: 80 }], selectors: { app: 'a' } }, /selectors/],
    ['a text for a number', 'apps/v1', 'Deployment', { replicas: 'one', selector: {}, template: {} }, /replicas/],
    ['a field that is missing', 'apps/v1', 'Deployment', { replicas: 1, template: {} }, /selector|required/],
    ['a word that is none', 'v1', 'Service', { type: 'Loadbalancer' }, /type/],
    ['a kind that the server does not have', 'apps/v1beta1', 'Deployment', {}, /could not find schema/],
  ])('has judges who would see %s', async (_, apiVersion, kind, spec, words) => {
    const { complaints } = await conform(stringify({ apiVersion, kind, metadata: { name: 'a' }, spec }), schemas);
    expect(complaints).toEqual([expect.stringMatching(words)]);
  });

  it('has judges who would see a container without limits', async () => {
    const containers = [{ name: 'a', image: 'a:1' }];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
    expect((await score(stringify(pod))).complaints).toContainEqual(
      expect.stringMatching(/^Pod\/.*: container-resources: a CPU limit is not set/),
    );
  });

  it('judges have nothing to say of the other charts, in every shape', async () => {
    for (const chart of ['provisioner', 'billing-exporter'].map((name) => resolve(charts, name)))
      for (const shape of await readdir(join(chart, 'ci'))) {
        const rendered = await runHelm(['template', '--values', join(chart, 'ci', shape), '-n', 'x', '--', 'x', chart]);
        const text = rendered.ok ? rendered.stdout : rendered.message;
        const complaints = [...(await conform(text, schemas)).complaints, ...(await score(text)).complaints];
        expect([chart, shape, complaints]).toEqual([chart, shape, []]);
      }
  });

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
    await on.core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 'mail' }, stringData: { token: 'x' } },
    });
    const scheduling = on.config.makeApiClient(SchedulingV1Api);
    const [node] = (await on.core.listNode()).items;
    const name = node?.metadata?.name ?? '';
    const label = (op: 'add' | 'remove') =>
      on.core.patchNode({
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
      const { items } = await on.core.listNamespacedPod({ namespace });
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
      await expect(on.core.createNamespacedService({ namespace, body })).rejects.toThrow(/exceeded quota.*services\./s);
    }
    const claim = (storage: string) => ({
      metadata: { generateName: 'more-' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    await on.core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('20Gi') });
    await expect(on.core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('20Gi') })).rejects.toThrow(
      /exceeded quota.*requests\.storage/s,
    );
  });
});
