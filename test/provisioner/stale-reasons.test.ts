/** What was true once and is not now is not blamed, and what is stuck now is named, though nothing complains of it. */
import type { V1Pod, V1ResourceQuota } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { type Snapshot, whyNotReady } from '../../provisioner/not-ready.ts';
import { toNumber } from '../../provisioner/quota.ts';
import { backOff, event, nothing, pod, ready } from './snapshots.ts';

describe('a quota', () => {
  const quota = (used: string, hard = '10'): V1ResourceQuota => ({
    metadata: { name: 'plan' },
    spec: { hard: { pods: hard, 'limits.memory': '4Gi' } },
    status: { used: { pods: used, 'limits.memory': '4000Mi' } },
  });
  const refusal = 'pods "a" is forbidden: exceeded quota: plan, requested: pods=1, used: pods=10, limited: pods=10';
  const seen = (quotas: V1ResourceQuota[] | null, message = refusal): Snapshot => ({
    ...nothing,
    pods: [pod('a', backOff)],
    replicaSets: [{ metadata: { name: 'app' }, spec: { replicas: 2, selector: {} }, status: { replicas: 1 } }],
    events: [event('ReplicaSet/app', 'FailedCreate', message)],
    quotas,
  });
  const first = (of: Snapshot) => whyNotReady(of)[0]?.object;

  it('is blamed while it stands, or cannot be read', () => {
    expect(first(seen([quota('10')]))).toBe('ReplicaSet/app');
    expect(first(seen(null))).toBe('ReplicaSet/app');
    expect(first(seen([quota('10')], 'exceeded quota, in words of tomorrow'))).toBe('ReplicaSet/app');
    const memory = 'exceeded quota: plan, requested: limits.memory=200Mi,pods=1, used: x, limited: y';
    expect(first(seen([quota('1')], memory))).toBe('ReplicaSet/app');
  });

  it('that has room again, was raised or is gone is not named at all', () => {
    for (const quotas of [[quota('5')], [quota('10', '20')], []]) {
      expect(whyNotReady(seen(quotas))).toEqual([
        { object: 'Pod/a', reason: 'ImagePullBackOff', message: 'no such image' },
      ]);
    }
  });

  it('whose refused pods are there by now is history', () => {
    const there = seen([quota('10')]);
    const [set] = there.replicaSets;
    if (set?.status) set.status.replicas = 2;
    expect(first(there)).toBe('Pod/a');
  });

  it.each([
    ['500m', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['1e3', 1000],
    ['10', 10],
    ['2k', 2000],
    ['x', Number.NaN],
  ])('reads %s', (text, number) => expect(toNumber(text)).toBe(number));
});

describe('a pod that should have gone', () => {
  const going = (name: string, more: Partial<V1Pod['metadata'] & object> = {}, nodeName = 'node-7'): V1Pod => ({
    metadata: { name, deletionTimestamp: new Date(0), ...more },
    spec: { containers: [], nodeName },
    status: ready,
  });

  it('is named with what holds it, though all others are ready', () => {
    const seen = {
      ...nothing,
      pods: [pod('b', ready), going('a', { finalizers: ['example.com/keep'] }), going('c')],
    };
    expect(whyNotReady(seen)).toEqual([
      {
        object: 'Pod/a',
        reason: 'Terminating',
        message: 'should have gone at 1970-01-01T00:00:00Z; held by its finalizers example.com/keep',
      },
      {
        object: 'Pod/c',
        reason: 'Terminating',
        message: 'should have gone at 1970-01-01T00:00:00Z; node node-7 has not confirmed its end',
      },
    ]);
  });

  it('is no news while its time has not come', () => {
    expect(whyNotReady({ ...nothing, at: 5_000, pods: [going('a')] })).toEqual([]);
  });

  it('of a StatefulSet comes before what breaks for want of it', () => {
    const ownerReferences = [{ kind: 'StatefulSet', name: 'db', apiVersion: 'apps/v1', uid: 'u' }];
    const seen = { ...nothing, pods: [pod('api', backOff), going('db-0', { ownerReferences })] };
    expect(whyNotReady(seen).map(({ object }) => object)).toEqual(['Pod/db-0', 'Pod/api']);
  });
});
