/**
 * Claims that wait for a storage class which the cluster does not have. They are made anew with each run, with what is wanted
 * then: neither a claim's class nor that of a StatefulSet's template can be changed, so that a class named rightly since then
 * would not reach them. Nothing is lost: such a claim has never had a volume.
 */
import type { KubernetesObject, V1PersistentVolumeClaim, V1StatefulSet } from '@kubernetes/client-node';
import { err, ok, type Result } from '../src/lib/result.ts';
import { sleep } from './clock.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import { claimsIn, type Snapshot, snapshot } from './not-ready.ts';
import type { Place, Until } from './place.ts';
import { claimsOf, isClassMissing } from './volumes.ts';

/** How often we look whether they have gone. */
const goneEveryMs = 500;

/** Names of the claims without a volume whose storage class is missing, in the cluster's words. Pure. */
export function unprovisioned({ claims, events }: Pick<Snapshot, 'claims' | 'events'>): string[] {
  const lacking = new Set(
    events
      .map(({ involvedObject: { kind, name }, reason = '', message = '' }) => ({
        name,
        object: `${kind}/${name}`,
        reason,
        message,
      }))
      .filter(isClassMissing)
      .map(({ name }) => name),
  );
  return claims
    .filter(hasNoVolume)
    .flatMap(({ metadata }) => metadata?.name ?? [])
    .filter((name) => lacking.has(name));
}

const hasNoVolume = ({ spec, status }: V1PersistentVolumeClaim): boolean =>
  status?.phase !== 'Bound' && (spec?.volumeName ?? '') === '';

/** Removes them with their StatefulSets and the pods that wait for them, and answers their names when they have gone. */
export async function clearUnprovisioned(kube: Kube, place: Place, until: Until): Promise<Result<string[], Stop>> {
  // Every run asks; nearly always each claim has its volume, or there is none yet, and one list has said so.
  if (!(await claimsIn(kube, place.name)).some(hasNoVolume)) return ok([]);
  const first = await snapshot(kube, place.name);
  const claims = unprovisioned(first);
  if (claims.length === 0) return ok([]);
  // A StatefulSet would make pod and claim again; pods of it that run are left, and become those of its successor.
  const sets = first.statefulSets.filter((set) => makes(set, claims)).map(nameOf);
  for (;;) {
    if (until.signal.aborted) return err(lost);
    const seen = await snapshot(kube, place.name);
    const left = {
      sets: seen.statefulSets.map(nameOf).filter((name) => sets.includes(name)),
      pods: seen.pods.filter((pod) => claimsOf(pod).some((name) => claims.includes(name))).map(nameOf),
      claims: seen.claims.map(nameOf).filter((name) => claims.includes(name)),
    };
    if (seen.unread === null && Object.values(left).every((names) => names.length === 0)) return ok(claims);
    const removed = await remove(kube, place.name, left);
    if (!removed.ok) return removed;
    if (until.now() + goneEveryMs >= until.workUntil) {
      return failed('not_ready', `volume claims ${claims.join(', ')} are to be made anew and have not gone in time`);
    }
    await sleep(goneEveryMs, until.signal);
  }
}

const nameOf = ({ metadata }: KubernetesObject): string => metadata?.name ?? '';

/** Whether one of the claims is of the set's own, by their names: {template}-{set}-{ordinal}. */
const makes = (set: V1StatefulSet, claims: string[]): boolean =>
  (set.spec?.volumeClaimTemplates ?? []).some((template) => {
    const start = `${nameOf(template)}-${nameOf(set)}-`;
    return claims.some((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)));
  });

type Deed = { object: string; ask: () => Promise<unknown> };

/** Asks for the end of the sets, and once they are gone for that of pods and claims. */
async function remove(
  kube: Kube,
  namespace: string,
  { sets, pods, claims }: { sets: string[]; pods: string[]; claims: string[] },
): Promise<Result<void, Failure>> {
  const ofSets = sets.map(
    (name): Deed => ({
      object: `StatefulSet ${name}`,
      ask: () => kube.apps.deleteNamespacedStatefulSet({ name, namespace, propagationPolicy: 'Orphan' }),
    }),
  );
  const ofPods = pods.map(
    (name): Deed => ({
      object: `Pod ${name}`,
      ask: () => kube.core.deleteNamespacedPod({ name, namespace }),
    }),
  );
  const ofClaims = claims.map(
    (name): Deed => ({
      object: `PersistentVolumeClaim ${name}`,
      ask: () => kube.core.deleteNamespacedPersistentVolumeClaim({ name, namespace }),
    }),
  );
  for (const { object, ask } of ofSets.length > 0 ? ofSets : [...ofPods, ...ofClaims]) {
    const gone = await call(ask());
    if (!gone.ok && gone.error.kind !== 'not_found') return kubeFailure(`deleting ${object}`, gone.error);
  }
  return ok(undefined);
}
