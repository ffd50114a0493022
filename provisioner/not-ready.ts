/**
 * Why a stack is not ready, in its objects' own words: for the job's failure and for the progress that people watch.
 * Reading is one call per kind; judging what was read is pure.
 */
import type { CoreV1Event, V1PersistentVolumeClaim, V1Pod, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { call, type Kube } from './kube.ts';

export type Snapshot = {
  pods: V1Pod[];
  claims: V1PersistentVolumeClaim[];
  replicaSets: V1ReplicaSet[];
  statefulSets: V1StatefulSet[];
  events: CoreV1Event[];
};

/** What a namespace holds of each kind, at most: its quota allows far less. */
const limit = 200;
const eventsMax = 20;

/** Reads a namespace. What cannot be read is empty: this only explains, it decides nothing. */
export async function snapshot(kube: Kube, namespace: string): Promise<Snapshot> {
  const items = async <T>(request: Promise<{ items: T[] }>): Promise<T[]> => {
    const found = await call(request);
    return found.ok ? found.value.items : [];
  };
  const [pods, claims, replicaSets, statefulSets, events] = await Promise.all([
    items(kube.core.listNamespacedPod({ namespace, limit })),
    items(kube.core.listNamespacedPersistentVolumeClaim({ namespace, limit })),
    items(kube.apps.listNamespacedReplicaSet({ namespace, limit })),
    items(kube.apps.listNamespacedStatefulSet({ namespace, limit })),
    items(kube.core.listNamespacedEvent({ namespace, limit, fieldSelector: 'type=Warning' })),
  ]);
  return { pods, claims, replicaSets, statefulSets, events };
}

const condition = (
  of: { type: string; status: string; reason?: string; message?: string }[] | undefined,
  type: string,
) => of?.find((c) => c.type === type);

const counts = (pod: V1Pod): boolean => !pod.metadata?.deletionTimestamp && pod.status?.phase !== 'Succeeded';
const podReady = (pod: V1Pod): boolean => condition(pod.status?.conditions, 'Ready')?.status === 'True';

/** Pods that are ready, of those that should be. */
export function podsReady(pods: V1Pod[]): { ready: number; total: number } {
  const meant = pods.filter(counts);
  return { ready: meant.filter(podReady).length, total: meant.length };
}

/** A pod that is not ready: a waiting or ended container says most, then where it could not be placed, then the rest. */
function ofPod(pod: V1Pod): JobEvent {
  const object = `Pod/${pod.metadata?.name}`;
  const states = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].filter(
    (c) => !c.ready,
  );
  for (const { name, state } of states) {
    const why = state?.waiting ?? state?.terminated;
    if (why?.reason) return { object, reason: why.reason, message: why.message ?? `container ${name}` };
  }
  const placed = condition(pod.status?.conditions, 'PodScheduled');
  const said = placed?.status === 'False' ? placed : condition(pod.status?.conditions, 'Ready');
  return {
    object,
    reason: said?.reason ?? 'NotReady',
    message: said?.message ?? `phase ${pod.status?.phase ?? 'unknown'}`,
  };
}

/** The objects that hold the stack up, and what each says of itself; a controller speaks by its events alone. */
function suspects(seen: Snapshot): { names: Set<string>; said: JobEvent[] } {
  const pods = seen.pods.filter((pod) => counts(pod) && !podReady(pod)).map(ofPod);
  const claims = seen.claims
    .filter((claim) => claim.status?.phase !== 'Bound')
    .map((claim) => ({
      object: `PersistentVolumeClaim/${claim.metadata?.name}`,
      reason: claim.status?.phase ?? 'Pending',
      message: `not bound (storage class ${claim.spec?.storageClassName ?? 'default'})`,
    }));
  const sets = seen.replicaSets
    .filter((set) => condition(set.status?.conditions, 'ReplicaFailure')?.status === 'True')
    .map((set) => `ReplicaSet/${set.metadata?.name}`);
  const stateful = seen.statefulSets
    .filter((set) => (set.status?.readyReplicas ?? 0) < (set.spec?.replicas ?? 1))
    .map((set) => `StatefulSet/${set.metadata?.name}`);
  const said = [...pods, ...claims];
  return { names: new Set([...said.map((s) => s.object), ...sets, ...stateful]), said };
}

const timeOf = (event: CoreV1Event): number =>
  new Date(
    event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp ?? 0,
  ).getTime();

/**
 * The events of the objects that are not ready, newest first and each (object, reason) once; refusals to create a pod
 * (quota, Pod Security) come first, because everything else follows from them.
 */
export function whyNotReady(seen: Snapshot): JobEvent[] {
  const { names, said } = suspects(seen);
  const told = seen.events
    .map((event) => ({
      object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
      reason: event.reason ?? 'Warning',
      message: event.message ?? '',
      at: timeOf(event),
    }))
    .filter((event) => names.has(event.object))
    .sort((a, b) => b.at - a.at)
    .map(({ object, reason, message }) => ({ object, reason, message }));
  const refused = told.filter((event) => event.reason === 'FailedCreate');
  const seenKeys = new Set<string>();
  return [...refused, ...said, ...told]
    .filter((event) => {
      const key = JSON.stringify([event.object, event.reason]);
      return !seenKeys.has(key) && seenKeys.add(key);
    })
    .slice(0, eventsMax);
}
