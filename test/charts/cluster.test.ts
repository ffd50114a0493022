/** A customer's life under the chart, on a real control plane: scheduler, volume binding and Helm's wait. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { chartValues } from '../../src/contracts/jobs.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { runHelm } from './helm.ts';
import { hostileNames } from './hostile-names.ts';
import { customersOnCluster, otherClass, waitSeconds } from './on-cluster.ts';

/** How long an upgrade that can never become ready is watched. */
const brokenWaitSeconds = 4;
/** How long a namespace may take to go. */
const pollMs = 60_000;
const hostileInstalled = [
  'Acme,admin=true',
  '--kube-context=other',
  '{{ fail "no" }}',
  '&anchor name',
  '株式会社エクザンプル',
];

describeWithTools(['helm', 'kubectl', ...clusterTools], 'a customer on a real cluster', () => {
  const on = customersOnCluster();
  const { newCustomer, namespaceOf, upgrade, onRelease, installed, readiness, each, allReady, noneRunning, claim } = on;

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
      const { items } = await on.core.listNamespacedPod({ namespace: namespaceOf(values), labelSelector });
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
      on.kubeconfig,
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
    await on.storage.createStorageClass({
      body: { metadata: { name: storageClass }, provisioner: 'kubernetes.io/host-path', reclaimPolicy: policy },
    });
    const values = await newCustomer({ storageClass });
    await upgrade(values);
    const { volume = '' } = await claim(values);
    await on.core.deleteNamespace({ name: namespaceOf(values) });
    const phase = async () => {
      const volumes = (await on.core.listPersistentVolume()).items;
      return volumes.find(({ metadata }) => metadata?.name === volume)?.status?.phase ?? 'gone';
    };
    await expect.poll(phase, { timeout: pollMs }).toBe(policy === 'Delete' ? 'gone' : 'Released');
    const left = (await on.core.listPersistentVolume()).items.filter(
      ({ spec }) => spec?.storageClassName === storageClass,
    );
    for (const { metadata } of left) await on.core.deletePersistentVolume({ name: metadata?.name ?? '' });
    await on.storage.deleteStorageClass({ name: storageClass });
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
    const { data } = await on.core.readNamespacedConfigMap({ name, namespace: namespaceOf(values) });
    expect(data).toMatchObject({ COMPANY_NAME: companyName, CUSTOMER_EMAIL: hostile?.email });
  });
});
