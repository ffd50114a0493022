/** The reason that people read names the object that is at fault, in its own words, whatever else goes on around it. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { podsReady, type Snapshot, whyNotReady } from '../../provisioner/not-ready.ts';
import { backOff, event, nothing, pod, ready } from './snapshots.ts';

describe('why a stack is not ready', () => {
  it('nothing when all is ready, whatever was warned of on the way', () => {
    const seen = { ...nothing, pods: [pod('a', ready)], events: [event('Pod/a', 'FailedScheduling', 'was full')] };
    expect(whyNotReady(seen)).toEqual([]);
  });

  it('a waiting container before its events, each reason once, the newest message', () => {
    const seen = {
      ...nothing,
      pods: [pod('a', backOff)],
      events: [
        event('Pod/a', 'Failed', 'old', 1),
        event('Pod/a', 'Failed', 'new', 2),
        event('Pod/other', 'Failed', 'not mine', 3),
      ],
    };
    expect(whyNotReady(seen)).toEqual([
      { object: 'Pod/a', reason: 'ImagePullBackOff', message: 'no such image' },
      { object: 'Pod/a', reason: 'Failed', message: 'new' },
    ]);
  });

  it('a refusal to create pods before everything else', () => {
    const seen = {
      ...nothing,
      pods: [pod('a', backOff)],
      replicaSets: [
        {
          metadata: { name: 'app' },
          status: { replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True' }] },
        },
      ],
      events: [event('ReplicaSet/app', 'FailedCreate', 'exceeded quota')],
    };
    expect(whyNotReady(seen)[0]).toEqual({
      object: 'ReplicaSet/app',
      reason: 'FailedCreate',
      message: 'exceeded quota',
    });
  });

  it('a pod that cannot be placed, one that has ended, a claim that is not bound, a set without pods', () => {
    const unplaced = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }],
    };
    const ended = {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'c',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 3,
          state: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    };
    const seen: Snapshot = {
      ...nothing,
      pods: [pod('a', unplaced), pod('b', ended), pod('c', undefined)],
      claims: [{ metadata: { name: 'data' }, spec: { storageClassName: 'none' }, status: { phase: 'Pending' } }],
      statefulSets: [
        {
          metadata: { name: 'db' },
          spec: { serviceName: 'db', replicas: 1, selector: {}, template: {} },
          status: { replicas: 0 },
        },
      ],
      events: [event('StatefulSet/db', 'FailedCreate', 'is forbidden')],
    };
    expect(whyNotReady(seen)).toEqual([
      { object: 'StatefulSet/db', reason: 'FailedCreate', message: 'is forbidden' },
      { object: 'Pod/a', reason: 'Unschedulable', message: '0/1 nodes' },
      { object: 'Pod/b', reason: 'Error', message: 'container c (c ended with Error, code 1)' },
      { object: 'Pod/c', reason: 'NotReady', message: 'phase unknown' },
      { object: 'PersistentVolumeClaim/data', reason: 'Pending', message: 'not bound (storage class none)' },
    ]);
  });

  it('pods that go or have finished are not waited for', () => {
    const pods = [
      pod('going', backOff, true),
      pod('done', { phase: 'Succeeded' }),
      pod('ready', ready),
      pod('not', backOff),
    ];
    expect(podsReady(pods)).toEqual({ ready: 1, total: 2 });
  });

  it('an evicted pod last, and not among those that should be ready', () => {
    const evicted = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    const seen = {
      ...nothing,
      pods: [pod('gone', evicted), pod('new', backOff), pod('ready', ready)],
      events: [event('Pod/gone', 'Evicted', 'low on memory', 9), event('Pod/new', 'Failed', 'no image', 1)],
    };
    expect(whyNotReady(seen).map(({ object, reason }) => `${object} ${reason}`)).toEqual([
      'Pod/new ImagePullBackOff',
      'Pod/new Failed',
      'Pod/gone Evicted',
    ]);
    expect(podsReady(seen.pods)).toEqual({ ready: 1, total: 2 });
  });

  it('a claim for which no volume is made before the pod that waits for it; one that only waits behind it', () => {
    const unplaced = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'unbound claims' }],
    };
    const claim = { metadata: { name: 'data' }, status: { phase: 'Pending' } };
    const of = (events: CoreV1Event[]) =>
      whyNotReady({ ...nothing, pods: [pod('a', unplaced)], claims: [claim], events }).map(({ object }) => object);
    const complaint = event('PersistentVolumeClaim/data', 'ProvisioningFailed', 'no such class');
    const none = { ...event('PersistentVolumeClaim/data', 'FailedBinding', 'no volumes'), type: 'Normal' };
    expect(of([complaint])).toEqual(['PersistentVolumeClaim/data', 'Pod/a']);
    expect(of([none])).toEqual(['PersistentVolumeClaim/data', 'Pod/a']);
    expect(of([])).toEqual(['Pod/a', 'PersistentVolumeClaim/data']);
  });

  it('a database before what needs it, a new pod before an old one, and how a container has ended', () => {
    const crash = (reason: string, exitCode: number) => ({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'c',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
          lastState: { terminated: { exitCode, reason } },
        },
      ],
    });
    const at = (second: number, of: V1Pod): V1Pod => ({
      ...of,
      metadata: { ...of.metadata, creationTimestamp: new Date(second * 1000) },
    });
    const database = pod('db-0', crash('OOMKilled', 137));
    if (database.metadata)
      database.metadata.ownerReferences = [{ kind: 'StatefulSet', name: 'db', apiVersion: 'apps/v1', uid: 'u' }];
    const pods = [at(5, pod('old', backOff)), at(9, pod('new', crash('Error', 1))), at(1, database)];
    expect(whyNotReady({ ...nothing, pods })).toEqual([
      {
        object: 'Pod/db-0',
        reason: 'CrashLoopBackOff',
        message: 'back-off 40s (c ended with OOMKilled, code 137)',
      },
      { object: 'Pod/new', reason: 'CrashLoopBackOff', message: 'back-off 40s (c ended with Error, code 1)' },
      { object: 'Pod/old', reason: 'ImagePullBackOff', message: 'no such image' },
    ]);
  });

  it('a pod that starts or is not ready speaks by its newest complaint', () => {
    const creating = {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'a',
          image: 'i',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { waiting: { reason: 'ContainerCreating' } },
        },
      ],
    };
    const events = [event('Pod/a', 'FailedMount', 'secret "x" not found', 2)];
    expect(whyNotReady({ ...nothing, pods: [pod('a', creating)], events })).toEqual([
      { object: 'Pod/a', reason: 'FailedMount', message: 'secret "x" not found' },
    ]);
  });

  it('a namespace that cannot be read is said', () => {
    expect(whyNotReady({ ...nothing, unread: 'etcdserver: no leader' })).toEqual([
      { object: 'Namespace/n', reason: 'Unreadable', message: 'etcdserver: no leader' },
    ]);
  });

  it('stays short', () => {
    const pods = Array.from({ length: 100 }, (_, i) => pod(`p${i}`, backOff));
    expect(whyNotReady({ ...nothing, pods })).toHaveLength(20);
  });
});
