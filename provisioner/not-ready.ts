/**
 * Why a stack is not ready, in its objects' own words: for the job's failure and for the progress that people watch.
 * Reading is one call per kind; judging what was read is pure, and puts what is nearest to the cause first.
 */
import type {
  CoreV1Event,
  V1PersistentVolumeClaim,
  V1Pod,
  V1ReplicaSet,
  V1ResourceQuota,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import type { Result } from '../src/lib/result.ts';
import { call, type Kube, type KubeError } from './kube.ts';
import { isReady, isReplaced, podReason } from './pod-reason.ts';
import { quotaStands } from './quota.ts';
import { stuckPod } from './terminating.ts';

export type Snapshot = {
  namespace: string;
  /** When it was read, ms since 1970. */
  at: number;
  pods: V1Pod[];
  claims: V1PersistentVolumeClaim[];
  replicaSets: V1ReplicaSet[];
  statefulSets: V1StatefulSet[];
  events: CoreV1Event[];
  /** null: they could not be read. */
  quotas: V1ResourceQuota[] | null;
  /** What kept some of it from being read. */
  unread: string | null;
};

/** What a namespace holds of each kind, at most: its quota allows far less. Events are kept for an hour. */
const limit = 200;
const warningsMax = 500;
const eventsMax = 20;

/** The reason of an event of our own: the namespace could not be read. */
export const unreadable = 'Unreadable';

/** Reads a namespace. What cannot be read is empty, and said: this only explains, it decides nothing. */
export async function snapshot(kube: Kube, namespace: string): Promise<Snapshot> {
  const on = { namespace, limit };
  const [pods, claims, replicaSets, statefulSets, quotas, events, unbound] = await Promise.all([
    call(kube.core.listNamespacedPod(on)),
    call(kube.core.listNamespacedPersistentVolumeClaim(on)),
    call(kube.apps.listNamespacedReplicaSet(on)),
    call(kube.apps.listNamespacedStatefulSet(on)),
    call(kube.core.listNamespacedResourceQuota(on)),
    call(kube.core.listNamespacedEvent({ namespace, limit: warningsMax, fieldSelector: 'type=Warning' })),
    // A claim for which there is no volume says so in a Normal event.
    call(kube.core.listNamespacedEvent({ ...on, fieldSelector: 'type=Normal,reason=FailedBinding' })),
  ]);
  const items = <T>(found: Result<{ items: T[] }, KubeError>): T[] => (found.ok ? found.value.items : []);
  const failure = [pods, claims, replicaSets, statefulSets, quotas, events, unbound].find((found) => !found.ok);
  return {
    namespace,
    at: Date.now(),
    pods: items(pods),
    claims: items(claims),
    replicaSets: items(replicaSets),
    statefulSets: items(statefulSets),
    events: [...items(events), ...items(unbound)],
    quotas: quotas.ok ? quotas.value.items : null,
    unread: failure && !failure.ok ? failure.error.message : null,
  };
}

/** The namespace's volume claims alone; none where they cannot be read, as in a snapshot. */
export async function claimsIn(kube: Kube, namespace: string): Promise<V1PersistentVolumeClaim[]> {
  const found = await call(kube.core.listNamespacedPersistentVolumeClaim({ namespace, limit }));
  return found.ok ? found.value.items : [];
}

/** The namespace's pods alone; none where they cannot be read, as in a snapshot. */
export async function podsIn(kube: Kube, namespace: string): Promise<V1Pod[]> {
  const found = await call(kube.core.listNamespacedPod({ namespace, limit }));
  return found.ok ? found.value.items : [];
}

/** Pods that should be there: not those that go, have done their work, or failed for good and are replaced. */
const counts = (pod: V1Pod): boolean =>
  !pod.metadata?.deletionTimestamp && pod.status?.phase !== 'Succeeded' && !isReplaced(pod);

/** Pods that are ready, of those that should be. */
export function podsReady(pods: V1Pod[]): { ready: number; total: number } {
  const meant = pods.filter(counts);
  return { ready: meant.filter(isReady).length, total: meant.length };
}

/** How near to the cause something is: everything below may follow from what is above. */
const ranks = {
  /** No pod is made: quota, Pod Security, a webhook. */
  refused: 0,
  /** No volume is made. */
  unprovisioned: 1,
  /** A StatefulSet's pod that does not go keeps its successor, and the volume, from coming. */
  stuckDatabase: 2,
  unplaced: 3,
  broken: 4,
  stuck: 5,
  unready: 6,
  /** A claim that nobody complains of waits for its pod to be placed. */
  unbound: 7,
  /** What is told of the same objects beside that. */
  told: 8,
  /** Evicted pods: what is left of a trouble that is over. */
  replaced: 9,
} as const;

type Told = JobEvent & { rank: number; at: number };

const timeOf = (event: CoreV1Event): number =>
  new Date(
    event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp ?? 0,
  ).getTime();

/** The newest complaints first. */
function complaintsOf(seen: Snapshot): Told[] {
  return seen.events
    .map((event) => ({
      object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
      reason: event.reason ?? 'Warning',
      message: event.message ?? '',
      rank: ranks.told,
      at: timeOf(event),
    }))
    .sort((a, b) => b.at - a.at);
}

const ownedByStatefulSet = (pod: V1Pod): boolean =>
  pod.metadata?.ownerReferences?.some((owner) => owner.kind === 'StatefulSet') ?? false;

/** Controllers that lack pods which they should have made, e.g. `ReplicaSet/app`. */
function lackingPods(seen: Snapshot): Set<string> {
  const lacks = (set: V1ReplicaSet | V1StatefulSet) => (set.status?.replicas ?? 0) < (set.spec?.replicas ?? 1);
  return new Set([
    ...seen.replicaSets.filter(lacks).map((set) => `ReplicaSet/${set.metadata?.name}`),
    ...seen.statefulSets.filter(lacks).map((set) => `StatefulSet/${set.metadata?.name}`),
  ]);
}

/** A refusal to create a pod that would be met again now. */
const stands = (refusal: Told, seen: Snapshot): boolean =>
  !refusal.message.includes('exceeded quota') || quotaStands(refusal.message, seen.quotas);

function ofPods(seen: Snapshot, complaints: Told[]): Told[] {
  return seen.pods.flatMap((pod): Told[] => {
    const database = ownedByStatefulSet(pod);
    const made = new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
    // A database that is not there fails what needs it; among equals the newest tells of the change at hand.
    const at = database ? Number.MAX_SAFE_INTEGER : made;
    const stuck = stuckPod(pod, seen.at);
    if (stuck !== null) return [{ ...stuck, rank: database ? ranks.stuckDatabase : ranks.stuck, at }];
    const { trouble, ...said } = podReason(pod);
    if (trouble === 'replaced') return [{ ...said, rank: ranks.replaced, at }];
    if (!counts(pod) || isReady(pod)) return [];
    // Of a pod that only is not ready, its newest complaint says more: a probe, a volume that is not mounted.
    const complaint = trouble === 'unready' ? complaints.find((each) => each.object === said.object) : undefined;
    return complaint ? [{ ...complaint, rank: ranks.broken, at }] : [{ ...said, rank: ranks[trouble], at }];
  });
}

function ofClaims(seen: Snapshot, complaints: Told[]): Told[] {
  return seen.claims
    .filter((claim) => claim.status?.phase !== 'Bound')
    .map((claim) => {
      const object = `PersistentVolumeClaim/${claim.metadata?.name}`;
      const complaint = complaints.find((each) => each.object === object);
      if (complaint) return { ...complaint, rank: ranks.unprovisioned };
      const message = `not bound (storage class ${claim.spec?.storageClassName ?? 'default'})`;
      return { object, reason: claim.status?.phase ?? 'Pending', message, rank: ranks.unbound, at: 0 };
    });
}

/**
 * What the objects that are not ready say, each (object, reason) once and nearest to the cause first. A refusal counts only
 * while it stands: one for want of a quota that has room or is gone is left out.
 */
export function whyNotReady(seen: Snapshot): JobEvent[] {
  const complaints = complaintsOf(seen);
  const lacking = lackingPods(seen);
  const said = [...ofPods(seen, complaints), ...ofClaims(seen, complaints)];
  const replaced = new Set(said.filter((each) => each.rank === ranks.replaced).map((each) => each.object));
  const names = new Set([...said.map((each) => each.object), ...lacking]);
  const told = complaints.flatMap((each) => {
    if (!names.has(each.object)) return [];
    if (each.reason !== 'FailedCreate') return [replaced.has(each.object) ? { ...each, rank: ranks.replaced } : each];
    return lacking.has(each.object) && stands(each, seen) ? [{ ...each, rank: ranks.refused }] : [];
  });
  const unread =
    seen.unread === null ? [] : [{ object: `Namespace/${seen.namespace}`, reason: unreadable, message: seen.unread }];
  const once = new Set<string>();
  return [...[...said, ...told].sort((a, b) => a.rank - b.rank || b.at - a.at), ...unread]
    .filter(({ object, reason }) => {
      const key = JSON.stringify([object, reason]);
      return !once.has(key) && once.add(key);
    })
    .slice(0, eventsMax)
    .map(({ object, reason, message }) => ({ object, reason, message }));
}
