/** A suspension stops what runs whatever is broken, is done when the pods have gone, and says the damage beside it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdmissionregistrationV1Api } from '@kubernetes/client-node';
import { expect, it, vi } from 'vitest';
import { sleep } from '../../provisioner/clock.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { patienceMs, setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type Breakage, shippedChart } from './real-cluster.ts';

const restricted = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const podSpec = { containers: [{ name: 'one', image: 'registry.example.com/one:1', securityContext: restricted }] };
const labelled = (name: string) => ({ metadata: { labels: { app: name } }, spec: podSpec });

describeWithTools(['helm', ...clusterTools], 'a suspension', () => {
  const stage = setClusterStage();
  const { customer, pods, running, settled, start } = stage;

  const done = async (job: FakeJob): Promise<FakeJob> => {
    await settled(job);
    expect(job.failures).toEqual([]);
    return job;
  };
  const run = (on: FakeDeployment) => done(stage.plane.want(on, 'running'));
  const suspend = (on: FakeDeployment) => done(stage.plane.want(on, 'suspended'));

  const breakages: [Breakage, RegExp][] = [
    ['immutable', /Forbidden: updates to statefulset spec|field is immutable/],
    ['kind', /no matches for kind "Widget"/],
    ['size', /too long|too large|limit is 3145728|must have at most|Too long/],
    ['template', /the chart is broken/],
  ];

  it('by a chart that cannot be laid down stops the stack all the same, and a mended chart resumes it', async () => {
    await start();
    const all = [...breakages.map(([broken, words]) => ({ broken, words, on: customer() }))];
    const hooked = customer();
    await Promise.all([...all.map(({ on }) => run(on)), run(hooked)]);
    for (const { broken, words, on } of all) {
      await start({ broken });
      const job = await suspend(on);
      expect(await pods(on), broken).toEqual([]);
      expect(job.drift, broken).toMatchObject([
        { object: `Release/${on.release}`, kind: 'changed', difference: expect.stringMatching(words) },
      ]);
    }
    // A hook that never ends is not even run.
    await start({ broken: 'hook' });
    expect((await suspend(hooked)).drift).toEqual([]);
    expect(await pods(hooked)).toEqual([]);
    await start();
    await Promise.all([...all.map(({ on }) => run(on)), run(hooked)]);
    for (const { broken, on } of all) expect(await running(on), broken).toBe(3);
  });

  it('without the operator’s values, the Secrets and the release: stopped, and each is said', async () => {
    await start(shippedChart);
    const [typing, lostAll] = [customer(), customer()];
    await Promise.all([run(typing), run(lostAll)]);
    const values = join(stage.shop.folder, 'operator.yaml');
    await writeFile(values, 'api: {}\n');
    await start(shippedChart, { HELM_VALUES_FILE: values });
    // What is mistyped before that would end it.
    await vi.waitFor(() => expect(stage.output()).toContain('provisioner started'), {
      timeout: patienceMs,
      interval: 50,
    });
    await writeFile(values, 'apl: {image: {tag: "2"}}\n');
    const mistyped = await suspend(typing);
    expect(mistyped.drift).toMatchObject([{ object: `Release/${typing.release}`, kind: 'changed' }]);
    expect(mistyped.drift[0]?.difference).toMatch(/apl/);
    expect(await pods(typing)).toEqual([]);

    await writeFile(values, 'api: {}\n');
    await stage.core.deleteCollectionNamespacedSecret({ namespace: lostAll.namespace });
    const bare = await suspend(lostAll);
    expect(await pods(lostAll)).toEqual([]);
    expect(bare.drift).toMatchObject([
      { object: 'Secret/instance-postgres', kind: 'missing', difference: expect.stringMatching(/^secret_lost: /) },
    ]);
    await settled(stage.plane.want(lostAll, 'running'), 'failed');
    expect(await pods(lostAll)).toEqual([]);
  });

  it('stops what runs beside the chart too, and a resumption starts it again', async () => {
    await start();
    const on = customer();
    await run(on);
    const { namespace } = on;
    const set = (name: string) => ({
      metadata: { name },
      spec: { selector: { matchLabels: { app: name } }, template: labelled(name) },
    });
    const job = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };
    await stage.apps.createNamespacedDeployment({ namespace, body: set('by-hand') });
    await stage.apps.createNamespacedDaemonSet({ namespace, body: set('each-node') });
    await stage.batch.createNamespacedJob({ namespace, body: { metadata: { name: 'once' }, spec: job } });
    const nightly = { schedule: '0 3 * * *', jobTemplate: { spec: job } };
    await stage.batch.createNamespacedCronJob({ namespace, body: { metadata: { name: 'nightly' }, spec: nightly } });
    await stage.core.createNamespacedPod({ namespace, body: { metadata: { name: 'alone' }, spec: podSpec } });
    await suspend(on);
    expect(await pods(on)).toEqual([]);
    expect((await stage.batch.readNamespacedCronJob({ name: 'nightly', namespace })).spec?.suspend).toBe(true);
    await run(on);
    const [daemons, byHand, cron] = await Promise.all([
      stage.apps.readNamespacedDaemonSet({ name: 'each-node', namespace }),
      stage.apps.readNamespacedDeployment({ name: 'by-hand', namespace }),
      stage.batch.readNamespacedCronJob({ name: 'nightly', namespace }),
    ]);
    expect(daemons.spec?.template.spec?.nodeSelector ?? {}).toEqual({});
    expect([byHand.spec?.replicas, cron.spec?.suspend]).toEqual([1, false]);
  });

  it('leaves an older version of what it stopped alone when the stack goes on: no pod of that version comes back', async () => {
    const images = ['registry.example.com/app:1', 'registry.example.com/app:2'];
    await start({ image: images[0] ?? '' });
    const on = customer();
    await run(on);
    // The version that was stopped is not the one that the suspension leaves behind.
    await start({ image: images[1] ?? '' });
    await suspend(on);
    const versions = async () =>
      new Map(
        (await stage.apps.listNamespacedReplicaSet({ namespace: on.namespace })).items.map(({ spec, metadata }) => [
          spec?.template?.spec?.containers[0]?.image,
          metadata,
        ]),
      );
    await vi.waitUntil(async () => (await versions()).size === 2, { timeout: patienceMs, interval: 50 });
    const older = (await versions()).get(images[0]);
    expect(older?.annotations).toHaveProperty(['tenantry.dev/stopped']);
    await run(on);
    expect(await running(on)).toBe(3);
    // Its size was not touched.
    expect((await versions()).get(images[0])?.generation).toBe(older?.generation);
  });

  it('of pods that somebody makes again and again, behind a webhook that is away: no new one gets in', async () => {
    await start();
    const on = customer();
    await run(on);
    const { namespace } = on;
    const hooks = stage.config.makeApiClient(AdmissionregistrationV1Api);
    const name = `refuse-${on.shortId}`;
    await hooks.createValidatingWebhookConfiguration({
      body: {
        metadata: { name },
        webhooks: [
          {
            name: 'away.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { url: 'https://127.0.0.1:1/' },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            rules: [
              {
                apiGroups: ['apps'],
                apiVersions: ['*'],
                operations: ['UPDATE'],
                resources: ['deployments', 'deployments/scale'],
              },
            ],
          },
        ],
      },
    });
    const owner = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'widget', uid: 'none', controller: true };
    let making = true;
    const maker = (async () => {
      for (let n = 0; making; n += 1) {
        const metadata = { name: `made-${n}`, ownerReferences: [owner] };
        await stage.core.createNamespacedPod({ namespace, body: { metadata, spec: podSpec } }).catch(() => {});
        await sleep(300);
      }
    })();
    try {
      const job = await suspend(on);
      expect(await pods(on)).toEqual([]);
      expect(job.drift).toMatchObject([{ object: `Release/${on.release}`, kind: 'changed' }]);
    } finally {
      making = false;
      await maker;
      await hooks.deleteValidatingWebhookConfiguration({ name });
    }
    await run(on);
    expect(await running(on)).toBe(3);
  });

  it('of a stack whose namespace somebody is deleting waits for its end, names what holds it, and makes nothing anew', async () => {
    await start({}, { JOB_TIMEOUT_MS: '20000' });
    const on = customer();
    await run(on);
    const { namespace } = on;
    const held = { metadata: { name: 'held', finalizers: ['example.com/keep'] } };
    await stage.core.createNamespacedConfigMap({ namespace, body: held });
    await stage.core.deleteNamespace({ name: namespace });
    const job = stage.plane.want(on, 'suspended');
    await vi.waitFor(() => expect(job.delays.length, stage.output()).toBeGreaterThan(0), { timeout: patienceMs });
    expect(job.delays[0]).toMatchObject({ code: 'namespace_terminating', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(/example\.com\/keep in 1 resource instances/);
    const free = { namespace, name: 'held', body: { metadata: { name: 'held' } } };
    await stage.core.replaceNamespacedConfigMap(free);
    for (const suspension of [job, stage.plane.want(on, 'suspended')]) {
      expect((await done(suspension)).drift).toMatchObject([{ object: `Namespace/${namespace}`, kind: 'missing' }]);
      await expect(stage.core.readNamespace({ name: namespace })).rejects.toMatchObject({ code: 404 });
    }
  });

  it('that still meters has the exporter alone in a namespace that somebody has deleted, to report its last window', async () => {
    await start(shippedChart);
    const on = customer();
    await run(on);
    const { namespace } = on;
    await stage.core.deleteNamespace({ name: namespace });
    on.draining = true;
    await suspend(on);
    const parts = async () =>
      (await stage.core.listNamespacedPod({ namespace })).items.map(
        ({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'],
      );
    await vi.waitFor(async () => expect(await parts()).toEqual(['billing-exporter']), { timeout: patienceMs });
    expect((await stage.core.listNamespacedPersistentVolumeClaim({ namespace })).items).toEqual([]);
  });
});
