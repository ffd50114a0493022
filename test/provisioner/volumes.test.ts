/** Volumes that cannot be made, and full ones: what a job says of them, and that it gets there once they are mended. */
import { PatchStrategy, StorageV1Api, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../provisioner/classify.ts';
import { whyNotReady } from '../../provisioner/not-ready.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment } from './fake-job.ts';
import { shippedChart } from './real-cluster.ts';
import { nothing, pod } from './snapshots.ts';

/** As PostgreSQL 15 says it on a full volume, and what the kubelet takes for its last words. */
const full = 'FATAL:  could not write lock file "postmaster.pid": No space left on device';
const lastWords = `LOG:  starting PostgreSQL 15.14\n${full}\n`;
const ended = (message: string) => ({ terminated: { exitCode: 1, reason: 'Error', message } });
const crashed = (
  message: string,
  state: object = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
) => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
  containerStatuses: [
    { name: 'postgres', image: '', imageID: '', ready: false, restartCount: 3, state, lastState: ended(message) },
  ],
});
const withClaim = (status: V1Pod['status'], claimName = 'data-db-0'): V1Pod => ({
  ...pod('db-0', status),
  spec: { containers: [], volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
});

describe('a full volume', () => {
  const said = {
    object: 'Pod/db-0',
    reason: 'VolumeFull',
    message: `the volume of data-db-0 has no room (postgres: ${full})`,
  };

  it('is named, with the claim and the line of the log that says so', () => {
    expect(whyNotReady({ ...nothing, pods: [withClaim(crashed(lastWords))] })).toEqual([said]);
  });

  it('is named while the container has just been started again, and of an init container', () => {
    const again = crashed(lastWords, { running: { startedAt: new Date(0) } });
    expect(whyNotReady({ ...nothing, pods: [withClaim(again)] })).toEqual([said]);
    const { containerStatuses, ...rest } = crashed(lastWords);
    const before = { ...rest, initContainerStatuses: containerStatuses };
    expect(whyNotReady({ ...nothing, pods: [withClaim(before)] })).toEqual([said]);
  });

  it.each([
    ['Prometheus', 'opening storage failed: write /prometheus/wal/00000012: no space left on device'],
    ['Grafana', 'migration failed: database or disk is full'],
    ['Node', 'Error: ENOSPC: no space left on device, write'],
  ])('is known in the words of %s', (_, words) => {
    expect(whyNotReady({ ...nothing, pods: [withClaim(crashed(words))] })[0]).toMatchObject({ reason: 'VolumeFull' });
  });

  it('is not a container that ended for another reason, nor one whose pod keeps nothing, nor one that is well', () => {
    const reasons = (of: V1Pod) => whyNotReady({ ...nothing, pods: [of] }).map(({ reason }) => reason);
    expect(reasons(withClaim(crashed('FATAL:  password authentication failed')))).toEqual(['CrashLoopBackOff']);
    expect(reasons(pod('api', crashed(lastWords)))).toEqual(['CrashLoopBackOff']);
    const [status] = crashed(lastWords).containerStatuses;
    const well = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [status] };
    expect(reasons(withClaim({ ...well, containerStatuses: [{ ...status, ready: true }] } as V1Pod['status']))).toEqual(
      [],
    );
  });

  it('has a code of its own, whatever else is not ready; one that is over has none', () => {
    const other = { object: 'Pod/api', reason: 'CrashLoopBackOff', message: 'no database' };
    const codeOf = (events: (typeof said)[]) => {
      const run = { kind: 'exited' as const, code: 1, stdout: '', stderr: 'Error: context deadline exceeded' };
      return failureOf(run, 'helm upgrade', events).error;
    };
    expect(codeOf([said, other])).toMatchObject({
      code: 'volume_full',
      message: expect.stringContaining(said.message),
    });
    expect(codeOf([other])).toMatchObject({ code: 'not_ready' });
  });
});

describeWithTools(['helm', ...clusterTools], 'volumes on a real control plane', () => {
  const stage = setClusterStage();
  const { customer, settled, firstFailure } = stage;
  const missing = 'no-such-class';
  const claimsOf = async (on: FakeDeployment) =>
    (await stage.core.listNamespacedPersistentVolumeClaim({ namespace: on.namespace })).items;
  const classesOf = async (on: FakeDeployment) =>
    new Set((await claimsOf(on)).map(({ spec, status }) => `${spec?.storageClassName} ${status?.phase}`));
  const delayed = async (on: FakeDeployment) => {
    const job = stage.plane.want(on, 'running');
    await vi.waitFor(() => expect(job.delays.length, stage.output()).toBeGreaterThan(0), { timeout: 200_000 });
    expect(job.delays[0]).toMatchObject({ code: 'storage_class_missing', scope: 'cluster', retryable: true });
    expect(job.delays[0]?.message).toMatch(
      /ended early, waiting does not mend it; PersistentVolumeClaim\/data-.*: ProvisioningFailed: storageclass.*"no-such-class" not found/,
    );
    expect(await classesOf(on)).toEqual(new Set([`${missing} Pending`]));
    return job;
  };

  it('a storage class that is not there ends the run early; named rightly, it is what the next run’s claims have', async () => {
    await stage.start(shippedChart);
    const on = customer();
    on.storageClass = missing;
    const job = await delayed(on);
    on.storageClass = 'standard';
    await settled(job);
    expect(job.failures).toEqual([]);
    expect(await classesOf(on)).toEqual(new Set(['standard Bound']));
    expect(job.logs.map(({ line }) => line)).toContainEqual(
      expect.stringMatching(
        /^PersistentVolumeClaim\/data-.*-postgres-0 had no storage class and no volume; it is made anew$/,
      ),
    );
    // A run over claims that stand touches none of them.
    const uids = (await claimsOf(on)).map(({ metadata }) => metadata?.uid);
    on.storageClass = missing;
    await settled(stage.plane.want(on, 'running'));
    expect((await claimsOf(on)).map(({ metadata }) => metadata?.uid)).toEqual(uids);
  });

  it('a storage class that is made meanwhile is used, too', async () => {
    await stage.start(shippedChart);
    const on = customer();
    on.storageClass = missing;
    const job = await delayed(on);
    const storage = stage.config.makeApiClient(StorageV1Api);
    await storage.createStorageClass({ body: { metadata: { name: missing }, provisioner: 'kubernetes.io/host-path' } });
    try {
      await settled(job);
      expect(await classesOf(on)).toEqual(new Set([`${missing} Bound`]));
    } finally {
      await storage.deleteStorageClass({ name: missing });
    }
  });

  it('a database whose volume is full fails the run by that name; once there is room, trying again is enough', async () => {
    await stage.start(shippedChart);
    const on = customer();
    await settled(stage.plane.want(on, 'running'));
    await stage.start(shippedChart, { JOB_TIMEOUT_MS: '30000' });
    const name = `${on.release}-customer-instance-postgres-0`;
    const patch = (status: object) =>
      stage.core.patchNamespacedPodStatus(
        { name, namespace: on.namespace, body: { status } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    const { status: well } = await stage.core.readNamespacedPod({ name, namespace: on.namespace });
    await patch(crashed(lastWords));
    const job = stage.plane.want(on, 'running');
    const failure = await firstFailure(job);
    expect(failure).toMatchObject({ code: 'volume_full', scope: 'customer', retryable: true });
    expect(failure.message).toContain(
      `the volume of data-${name} has no room (postgres: ${full.replace(/\s+/g, ' ')})`,
    );
    await patch({ conditions: well?.conditions, containerStatuses: well?.containerStatuses });
    stage.plane.release(job);
    await vi.waitFor(() => expect(job.state, stage.output()).toBe('completed'), { timeout: 200_000 });
    expect(job.failures).toHaveLength(1);
  });
});
