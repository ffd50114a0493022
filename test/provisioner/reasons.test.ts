/** Reasons as a real cluster gives them: what is read of a namespace, and what of it is blamed. */
import { AppsV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { connect, type Kube } from '../../provisioner/kube.ts';
import { podsReady, snapshot, whyNotReady } from '../../provisioner/not-ready.ts';
import { clusterTools, startCluster, type TestCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';

/** Each test has one of its own. */
let namespace = '';
let made = 0;
const container = { name: 'main', image: 'registry.example.com/app:1' };
const waiting = { timeout: 60_000, interval: 500 };

describeWithTools(clusterTools, 'the reasons of a real cluster', () => {
  let cluster: TestCluster;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let kube: Kube;

  beforeAll(async () => {
    cluster = await startCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
    const connected = connect(cluster.kubeconfig, {});
    if (!connected.ok) throw new Error(connected.error);
    kube = connected.value;
  });
  beforeEach(async () => {
    made += 1;
    namespace = `reasons-test-${made}`;
    await core.createNamespace({ body: { metadata: { name: namespace } } });
  });
  afterEach(() => core.deleteNamespace({ name: namespace }));
  afterAll(async () => {
    await kube?.close();
    await cluster?.stop();
  });

  const why = async () => whyNotReady(await snapshot(kube, namespace));
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

  it('a quota that is gone is blamed no more, though its refusals are still told', async () => {
    const labels = { app: 'refused' };
    await core.createNamespacedResourceQuota({
      namespace,
      body: { metadata: { name: 'plan' }, spec: { hard: { pods: '0' } } },
    });
    await apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: 'refused' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
    });
    const refusal = { reason: 'FailedCreate', message: expect.stringContaining('exceeded quota: plan') };
    await vi.waitFor(async () => expect((await why())[0]).toMatchObject(refusal), waiting);
    await core.deleteNamespacedResourceQuota({ namespace, name: 'plan' });
    // The pods are on their way by now, or will be when the controller tries again.
    expect((await why()).map(({ reason }) => reason)).not.toContain('FailedCreate');
    const told = await core.listNamespacedEvent({ namespace, fieldSelector: 'reason=FailedCreate' });
    expect(told.items.length).toBeGreaterThan(0);
  });

  it('a claim without a volume, in the words of an event that is no warning', async () => {
    await core.createNamespacedPersistentVolumeClaim({
      namespace,
      body: {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
      },
    });
    const said = {
      object: 'PersistentVolumeClaim/data',
      reason: 'FailedBinding',
      message: expect.stringContaining('no persistent volumes available'),
    };
    await vi.waitFor(async () => expect(await why()).toEqual([said]), waiting);
  });

  it('a pod that a finalizer keeps, and behind it one that was evicted', async () => {
    // One that runs here loses its finalizers when it ends; one that has no node keeps them.
    const pod = (name: string, finalizers: string[] = [], nodeSelector: Record<string, string> = {}) =>
      core.createNamespacedPod({
        namespace,
        body: {
          metadata: { name, finalizers },
          spec: { containers: [container], terminationGracePeriodSeconds: 1, nodeSelector },
        },
      });
    await pod('evicted');
    await pod('kept', ['example.com/keep'], { none: 'such' });
    await pod('well');
    await vi.waitFor(async () => {
      const { pods } = await snapshot(kube, namespace);
      expect(podsReady(pods)).toEqual({ ready: 2, total: 3 });
    }, waiting);
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    await core.patchNamespacedPodStatus({ namespace, name: 'evicted', body: { status } }, merge);
    await core.deleteNamespacedPod({ namespace, name: 'kept' });
    const held = expect.stringContaining('held by its finalizers example.com/keep');
    await vi.waitFor(async () => {
      const said = await why();
      expect(said[0]).toEqual({ object: 'Pod/kept', reason: 'Terminating', message: held });
      expect(said.at(-1)).toEqual({ object: 'Pod/evicted', reason: 'Evicted', message: status.message });
    }, waiting);
    expect(podsReady((await snapshot(kube, namespace)).pods)).toEqual({ ready: 1, total: 1 });
    await core.patchNamespacedPod({ namespace, name: 'kept', body: { metadata: { finalizers: null } } }, merge);
  });
});
