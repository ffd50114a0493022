/**
 * What somebody deletes in a customer's namespace, on a real control plane and through the real Worker: a comparison finds
 * it and the stack is healed by itself; data that is gone waits for a person, who is told what is lost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  type Api,
  callApi,
  readCustomer,
  readJob,
  type SignedUp,
  signUp,
  untilStatus,
} from '../../bench/support/api.ts';
import { type Kube, kubeOf, removeNamespaces, secretValue } from '../../bench/support/kube.ts';
import { deploymentFailures } from '../../src/contracts/deployment-failures.ts';
import { deploymentAnswer, jobOrdered } from '../../src/contracts/deployments.ts';
import { jobList } from '../../src/contracts/queue.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

/** A run of Helm or two, on a busy machine. */
const withinMs = 150_000;

describeWithTools(['helm', ...clusterTools], 'a namespace that somebody deleted things in', () => {
  let folder: string;
  let cluster: TestCluster;
  let platform: TestPlatform;
  let kube: Kube;
  let admin: Api;
  let acme: SignedUp;
  vi.setConfig({ testTimeout: 2 * withinMs, hookTimeout: 2 * withinMs });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-repair-'));
    cluster = await startCluster();
    kube = kubeOf(cluster.kubeconfig);
    const env = { KUBECONFIG: cluster.kubeconfig, HELM_BIN: toolPath('helm') };
    platform = await startPlatform({ dataDir: folder, env });
    admin = { url: platform.url, token: platform.ready.admin_token };
    acme = await signUp(admin, 'acme');
    await untilStatus(admin, acme.customerId, 'ready', { withinMs });
  });
  afterAll(async () => {
    await platform?.stop();
    if (kube && cluster.metricsUrl === null) await removeNamespaces(kube, acme ? [acme.namespace] : []);
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (rest = '') => `/api/customers/${acme.customerId}/deployment${rest}`;
  const seenBy = async (api: Api) => deploymentAnswer.parse((await callApi(api, 'GET', path())).body);
  const order = async (rest: string, body: object): Promise<string> => {
    const { status, body: answer } = await callApi(admin, 'POST', path(rest), body);
    expect({ status, answer }).toMatchObject({ status: 202 });
    return jobOrdered.parse(answer).job_id;
  };
  /** Compares, and waits for what was found; what is missing has another run waiting then. */
  const compared = async (): Promise<void> => {
    const jobId = await order('/drift', {});
    const look = async () => expect(await readJob(admin, jobId)).toMatchObject({ verb: 'drift', state: 'completed' });
    await vi.waitFor(look, { timeout: withinMs, interval: 100 });
  };
  const verbs = async () => {
    const { body } = await callApi(admin, 'GET', `/api/queue/jobs?q=${acme.customerId}`);
    return jobList
      .parse(body)
      .items.map(({ verb }) => verb)
      .toSorted();
  };
  /** The database's claim. */
  const claim = async () => {
    const { items } = await kube.core.listNamespacedPersistentVolumeClaim({ namespace: acme.namespace });
    const databases = items.filter(({ metadata }) => metadata?.name?.endsWith('-postgres-0'));
    expect(databases).toHaveLength(1);
    const [{ metadata, status } = {}] = databases;
    return {
      name: metadata?.name ?? '',
      uid: metadata?.uid,
      going: metadata?.deletionTimestamp,
      phase: status?.phase,
    };
  };
  const secret = (name: string, key: string) => secretValue(kube, acme.namespace, name, key);

  it('a Secret and a Deployment that are gone are found, and brought back with the key and the data that were there', async () => {
    const { namespace, customerId } = acme;
    const before = { claim: await claim(), password: await secret('instance-postgres', 'password') };
    const [api] = (
      await kube.apps.listNamespacedDeployment({ namespace, labelSelector: 'app.kubernetes.io/component=api' })
    ).items;
    const name = api?.metadata?.name ?? '';
    await kube.core.deleteNamespacedSecret({ name: 'instance-reporter', namespace });
    await kube.apps.deleteNamespacedDeployment({ name, namespace });

    await compared();
    await untilStatus(admin, customerId, 'ready', { withinMs });
    expect(await verbs()).toEqual(['deploy', 'drift', 'redeploy']);
    const healed = await kube.apps.readNamespacedDeployment({ name, namespace });
    expect(healed.metadata?.uid).not.toBe(api?.metadata?.uid);
    expect(healed.status?.readyReplicas).toBe(healed.spec?.replicas);
    expect({ claim: await claim(), password: await secret('instance-postgres', 'password') }).toEqual(before);
    // The API takes the new reporter key.
    const reporter = { url: admin.url, token: (await secret('instance-reporter', 'api-key')) ?? '' };
    expect((await callApi(reporter, 'GET', `/api/licenses/${customerId}`)).status).toBe(200);

    await compared();
    expect(await verbs()).toEqual(['deploy', 'drift', 'drift', 'redeploy']);
    expect(await seenBy(admin)).toMatchObject({ drift: [], observed: { status: 'ready', reason_code: null } });
  });

  it('a claim that is gone starts nothing: the customer reads a sentence, an admin what is lost', async () => {
    const { namespace, customerId } = acme;
    const { name } = await claim();
    await kube.core.deleteNamespacedPersistentVolumeClaim({ name, namespace });
    await compared();
    const failed = async () => expect((await readCustomer(admin, customerId)).deployment.status).toBe('failed');
    await vi.waitFor(failed, { timeout: withinMs, interval: 200 });
    const told = await seenBy(admin);
    expect(told.observed).toMatchObject({ status: 'failed', reason_code: 'claim_lost' });
    expect(told.observed.reason).toMatch(new RegExp(`volume claim ${name} is being deleted, though the database`));
    expect(told.drift).toMatchObject([{ object: 'PersistentVolumeClaim', kind: 'missing' }]);
    const customer = await seenBy({ url: admin.url, token: acme.apiKey });
    expect(customer.observed).toMatchObject({ reason_code: 'claim_lost', reason: deploymentFailures.claim_lost });
    expect(customer.drift).toEqual([]);
    // Ordered again without the answer, it starts nothing either.
    const again = await order('/redeploy', { reason: 'once more' });
    const refused = { state: 'failed', attempts: 1, error: { code: 'claim_lost' } };
    await vi.waitFor(async () => expect(await readJob(admin, again)).toMatchObject(refused), { timeout: withinMs });
  });

  it('a person who accepts the loss gets an empty one, which is expected to stay from then on', async () => {
    const { customerId } = acme;
    const before = await claim();
    await order('/redeploy', { reason: 'the volume is gone for good', accept_data_loss: true });
    await untilStatus(admin, customerId, 'ready', { withinMs });
    const after = await claim();
    expect(after).toMatchObject({ going: undefined, phase: 'Bound' });
    expect(after.uid).not.toBe(before.uid);
    expect((await seenBy(admin)).observed).toMatchObject({ status: 'ready', reason_code: null, reason: null });
    await compared();
    expect((await seenBy(admin)).drift).toEqual([]);
  });
});
