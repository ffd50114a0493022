/** A job that only looks: what is missing, changed and unexpected is found, what nobody changed is not, nothing is written. */
import { AutoscalingV2Api } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { differences, parseManifest } from '../../provisioner/manifest.ts';
import type { DriftEntry } from '../../src/contracts/jobs.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment } from './fake-job.ts';
import { handEdits, handsOf } from './hand-edits.ts';
import { shippedChart } from './real-cluster.ts';

it('reads a manifest as Helm does, and tells two states of one object apart without the cluster’s own fields', () => {
  const read = parseManifest(
    '---\n# Source: a\nkind: A\napiVersion: v1\nmetadata: {name: a}\nmode: 0440\nat: 2026-11-26\n---\n---\n',
  );
  expect(read).toEqual({
    ok: true,
    value: [{ kind: 'A', apiVersion: 'v1', metadata: { name: 'a' }, mode: 0o440, at: '2026-11-26' }],
  });
  expect(parseManifest('kind: A\n').ok).toBe(false);
  expect(parseManifest('a: [').ok).toBe(false);
  const lives = {
    metadata: { name: 'a', resourceVersion: '1', labels: { a: 'b' } },
    spec: { list: [1, 2], n: 5 },
    status: 1,
  };
  const wanted = { metadata: { name: 'a', resourceVersion: '2' }, spec: { list: [1, 3], n: 5, more: true }, status: 2 };
  expect(differences(lives, wanted, 'A')).toEqual([
    { path: 'metadata.labels', lives: '{"a":"b"}', wanted: 'absent' },
    { path: 'spec.list.1', lives: '2', wanted: '3' },
    { path: 'spec.more', lives: 'absent', wanted: 'true' },
  ]);
  const [hidden] = differences({ data: { password: 'YQ==' } }, { data: { password: 'Yg==' } }, 'Secret');
  expect(JSON.stringify(hidden)).not.toMatch(/YQ|Yg/);
});

describeWithTools(['helm', ...clusterTools], 'drift', () => {
  const stage = setClusterStage();
  const { customer, settled, start } = stage;
  const drift = async (on: FakeDeployment): Promise<DriftEntry[]> => (await settled(stage.plane.compare(on))).drift;
  const part = (on: FakeDeployment, name: string) => ({
    name: `${on.release}-customer-instance-${name}`,
    namespace: on.namespace,
  });

  it('is none in a stack that nobody touched, running or suspended, nor where an autoscaler decides', async () => {
    await start(shippedChart);
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    expect(await drift(on)).toEqual([]);
    const scaled = part(on, 'api');
    await stage.config.makeApiClient(AutoscalingV2Api).createNamespacedHorizontalPodAutoscaler({
      namespace: on.namespace,
      body: {
        metadata: { name: 'api' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: scaled.name },
          maxReplicas: 5,
          minReplicas: 1,
        },
      },
    });
    const [scale] = handEdits.filter(({ what }) => what === 'an autoscaler’s write');
    await scale?.does(handsOf(stage.config, stage.core, stage.apps), on);
    expect(await drift(on)).toMatchObject([{ object: 'HorizontalPodAutoscaler/api', kind: 'unexpected' }]);
    await settled(stage.plane.want(on, 'suspended'));
    expect(await drift(on)).toMatchObject([{ object: 'HorizontalPodAutoscaler/api', kind: 'unexpected' }]);
  });

  it('names what is missing, changed and unexpected, once each, and changes nothing', async () => {
    await start(shippedChart);
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    const { namespace } = on;
    const own = await stage.core.readNamespace({ name: namespace });
    const labels = { ...own.metadata?.labels, 'pod-security.kubernetes.io/enforce': 'privileged' };
    await stage.core.replaceNamespace({ name: namespace, body: { ...own, metadata: { ...own.metadata, labels } } });
    await stage.core.deleteNamespacedSecret({ name: 'instance-reporter', namespace });
    await stage.core.deleteNamespacedSecret({ name: 'instance-app-reporter', namespace });
    await stage.networking.deleteNamespacedNetworkPolicy(part(on, 'default-deny'));
    const quota = await stage.core.readNamespacedResourceQuota(part(on, 'quota'));
    const hard = { ...quota.spec?.hard, 'limits.cpu': '100' };
    await stage.core.replaceNamespacedResourceQuota({ ...part(on, 'quota'), body: { ...quota, spec: { hard } } });
    await stage.core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name: 'alone' },
        spec: { containers: [{ name: 'alone', image: 'registry.example.com/one:1' }] },
      },
    });
    const found = await drift(on);
    expect(found.map(({ object, kind }) => `${kind} ${object.replace(`${on.release}-`, '')}`).sort()).toEqual([
      `changed Namespace/${namespace}`,
      'changed ResourceQuota/customer-instance-quota',
      'missing NetworkPolicy/customer-instance-default-deny',
      'missing Secret/instance-app-reporter',
      'missing Secret/instance-reporter',
      'unexpected Pod/alone',
    ]);
    const words = found.map(({ difference }) => difference);
    expect(words).toContain('metadata.labels.pod-security.kubernetes.io/enforce: privileged, wanted restricted');
    expect(words).toContain('spec.hard.limits.cpu: "100", wanted "4"');
    expect(await drift(on)).toEqual(found);
  });

  it('of everything: without the release that is one entry, without the namespace another', async () => {
    await start();
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    await stage.core.deleteCollectionNamespacedSecret({ namespace: on.namespace, labelSelector: 'owner=helm' });
    expect(await drift(on)).toMatchObject([{ object: `Release/${on.release}`, kind: 'missing' }]);
    const away = customer();
    away.generation = 1;
    expect(await drift(away)).toMatchObject([{ object: `Namespace/${away.namespace}`, kind: 'missing' }]);
  });
});
