/** The main journey on a real control plane: sign up, run, deactivate, come back, beside a neighbour who notices nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { callApi, readCustomer, type SignedUp, signUp, untilStatus } from '../../bench/support/api.ts';
import { type Kube, kubeOf, removeNamespaces, secretValue } from '../../bench/support/kube.ts';
import { componentsOf } from '../charts/parts.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

const SECRETS = { 'instance-licence': 'license', 'instance-postgres': 'password', 'instance-reporter': 'api-key' };

describeWithTools(['helm', ...clusterTools], 'a sign-up on a real cluster', () => {
  let folder: string;
  let cluster: TestCluster;
  let platform: TestPlatform;
  let kube: Kube;
  let api: { url: string; token: string };
  let acme: SignedUp;
  let neighbour: SignedUp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-journey-'));
    cluster = await startCluster();
    kube = kubeOf(cluster.kubeconfig);
    const env = { KUBECONFIG: cluster.kubeconfig, HELM_BIN: toolPath('helm') };
    platform = await startPlatform({ dataDir: folder, env });
    api = { url: platform.url, token: platform.ready.admin_token };
    [acme, neighbour] = await Promise.all([signUp(api, 'acme', { plan: 'professional' }), signUp(api, 'neighbour')]);
    await untilStatus(api, acme.customerId, 'ready');
    await untilStatus(api, neighbour.customerId, 'ready');
  });
  afterAll(async () => {
    await platform?.stop();
    if (kube && cluster.metricsUrl === null) {
      await removeNamespaces(
        kube,
        [acme, neighbour].flatMap((one) => one?.namespace ?? []),
      );
    }
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pods = async ({ namespace }: SignedUp) => {
    const { items } = await kube.core.listNamespacedPod({ namespace });
    const alive = items.filter((pod) => !pod.metadata?.deletionTimestamp);
    return alive.map((pod) => ({
      part: pod.metadata?.labels?.['app.kubernetes.io/component'],
      uid: pod.metadata?.uid,
      ready: pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    }));
  };
  const secretsOf = async ({ namespace }: SignedUp) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(SECRETS).map(async ([name, key]) => [name, await secretValue(kube, namespace, name, key)]),
      ),
    ) as Record<keyof typeof SECRETS, string | null>;
  const claims = async ({ namespace }: SignedUp) => {
    const { items } = await kube.core.listNamespacedPersistentVolumeClaim({ namespace });
    return items.map(({ metadata, spec, status }) => [metadata?.uid, spec?.volumeName, status?.phase]);
  };
  const change = async (verb: 'deactivate' | 'reactivate', { customerId }: SignedUp) =>
    (await callApi(api, 'POST', `/api/customers/${customerId}/${verb}`, {})).status;

  it('runs the whole stack under its plan: pods, Secrets, quota, limits, network closed by default', async () => {
    const { namespace } = acme;
    expect((await pods(acme)).map(({ part, ready }) => [part, ready]).toSorted()).toEqual(
      componentsOf('starter').map((part) => [part, true]),
    );
    const secrets = await secretsOf(acme);
    expect(secrets['instance-postgres']).toMatch(/^[0-9a-f]{48}$/);
    expect(secrets['instance-licence']).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const [quota] = (await kube.core.listNamespacedResourceQuota({ namespace })).items;
    expect(quota?.status?.hard).toMatchObject({ 'limits.cpu': '4', persistentvolumeclaims: '8', services: '20' });
    expect((await kube.core.listNamespacedLimitRange({ namespace })).items).toHaveLength(1);
    const policies = await kube.networking.listNamespacedNetworkPolicy({ namespace });
    const closed = policies.items.filter(
      ({ spec }) => Object.keys(spec?.podSelector ?? {}).length === 0 && !spec?.ingress && !spec?.egress,
    );
    expect(closed.map(({ spec }) => spec?.policyTypes?.toSorted())).toEqual([['Egress', 'Ingress']]);
  });

  it('gives the instance a key that reports for this customer and nobody else', async () => {
    const key = (await secretsOf(acme))['instance-reporter'] ?? '';
    expect(key).toMatch(/^rep_[0-9a-f]{32}_[0-9a-f]{32}$/);
    const asReporter = { url: api.url, token: key };
    const own = await callApi(asReporter, 'GET', `/api/licenses/${acme.customerId}`);
    const other = await callApi(asReporter, 'GET', `/api/licenses/${neighbour.customerId}`);
    expect([own.status, other.status]).toEqual([200, 404]);
  });

  it('deactivated: nothing runs but what reports its last hour, data and Secrets stay, the neighbour runs on', async () => {
    const before = { claims: await claims(acme), secrets: await secretsOf(acme) };
    const next = { pods: await pods(neighbour), secrets: await secretsOf(neighbour) };
    expect(await change('deactivate', acme)).toBe(200);
    await untilStatus(api, acme.customerId, 'suspended');
    const parts = async () => (await pods(acme)).map(({ part, ready }) => [part, ready]);
    const left = [['billing-exporter', true]];
    await vi.waitFor(async () => expect(await parts()).toEqual(left), { timeout: 120_000, interval: 200 });
    expect(await claims(acme)).toEqual(before.claims);
    const kept = await secretsOf(acme);
    expect(kept['instance-postgres']).toBe(before.secrets['instance-postgres']);
    expect(kept['instance-reporter']).toBe(before.secrets['instance-reporter']);
    const asAccount = { url: api.url, token: acme.apiKey };
    expect((await callApi(asAccount, 'GET', `/api/customers/${acme.customerId}`)).status).toBe(401);
    expect({ pods: await pods(neighbour), secrets: await secretsOf(neighbour) }).toEqual(next);
    expect((await readCustomer(api, neighbour.customerId)).deployment.status).toBe('ready');
  });

  it('reactivated: ready again on the same data with the same password and reporter key', async () => {
    const before = { claims: await claims(acme), secrets: await secretsOf(acme) };
    expect(await change('reactivate', acme)).toBe(200);
    await untilStatus(api, acme.customerId, 'ready');
    expect((await pods(acme)).map(({ ready }) => ready)).toEqual(componentsOf('starter').map(() => true));
    expect(await claims(acme)).toEqual(before.claims);
    const after = await secretsOf(acme);
    expect(after['instance-postgres']).toBe(before.secrets['instance-postgres']);
    expect(after['instance-reporter']).toBe(before.secrets['instance-reporter']);
    expect(after['instance-licence']).not.toBe(before.secrets['instance-licence']);
  });

  it('writes none of its secrets into a log', async () => {
    const output = platform.logs.filter((line) => !line.startsWith('ready ')).join('\n');
    for (const secret of [...Object.values(await secretsOf(acme)), acme.apiKey, platform.ready.provisioner_token]) {
      expect(output).not.toContain(secret);
    }
  });
});
