/** The reason that people read names the object that is at fault, in its own words, whatever else goes on around it. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { podsReady, type Snapshot, whyNotReady } from '../../provisioner/not-ready.ts';

const nothing: Snapshot = { pods: [], claims: [], replicaSets: [], statefulSets: [], events: [] };
const pod = (name: string, status: V1Pod['status'], deleted = false): V1Pod => ({
  metadata: { name, ...(deleted ? { deletionTimestamp: new Date(0) } : {}) },
  ...(status ? { status } : {}),
});
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const backOff = {
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'a',
      image: 'i',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } },
    },
  ],
};
const event = (object: string, reason: string, message: string, second = 0): CoreV1Event => {
  const [kind = '', name = ''] = object.split('/');
  return { metadata: {}, involvedObject: { kind, name }, reason, message, lastTimestamp: new Date(second * 1000) };
};

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
      { object: 'Pod/b', reason: 'Error', message: 'container c' },
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

  it('stays short', () => {
    const pods = Array.from({ length: 100 }, (_, i) => pod(`p${i}`, backOff));
    expect(whyNotReady({ ...nothing, pods })).toHaveLength(20);
  });
});
