/** Pieces of a namespace as the Kubernetes API would have read it, for tests of what is made of them. */
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import type { Snapshot } from '../../provisioner/not-ready.ts';

export const nothing: Snapshot = {
  namespace: 'n',
  at: 3_600_000,
  pods: [],
  claims: [],
  replicaSets: [],
  statefulSets: [],
  events: [],
  quotas: [],
  unread: null,
};
export const pod = (name: string, status: V1Pod['status'], deleted = false): V1Pod => ({
  metadata: { name, ...(deleted ? { deletionTimestamp: new Date(0) } : {}) },
  ...(status ? { status } : {}),
});
export const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
export const backOff = {
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
export const event = (object: string, reason: string, message: string, second = 0): CoreV1Event => {
  const [kind = '', name = ''] = object.split('/');
  return { metadata: {}, involvedObject: { kind, name }, reason, message, lastTimestamp: new Date(second * 1000) };
};
