/**
 * What no waiting mends: a pod whose image the registry does not have, or does not give us, and one whose claim names a storage class
 * that the cluster does not have. Pure. A registry that cannot be reached, a node without room, a container that ends: all of
 * these may heal, and are waited for.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import type { Snapshot } from './not-ready.ts';
import { podReason } from './pod-reason.ts';
import { unprovisioned } from './unprovisioned.ts';
import { claimsOf } from './volumes.ts';

/** No such image whatever the registry says. */
const never = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const pulling = new Set(['ErrImagePull', 'ImagePullBackOff']);
/** The registry has answered, in the words of containerd and CRI-O: https://distribution.github.io/distribution/spec/api/#errors-2 */
const refusedByRegistry =
  /code = NotFound|not found|manifest unknown|name unknown|does not exist|access denied|authorization failed|unauthorized|401 Unauthorized|403 Forbidden/i;

/** Waiting does not mend what the pod says. */
export function isHopeless({ reason, message }: Pick<JobEvent, 'reason' | 'message'>): boolean {
  return never.has(reason) || (pulling.has(reason) && refusedByRegistry.test(message));
}

const uidOf = (pod: V1Pod): string => pod.metadata?.uid ?? '';

/** Ids of the pods, to be told from those that come later. */
export const uidsOf = (pods: readonly V1Pod[]): ReadonlySet<string> => new Set(pods.map(uidOf));

/**
 * The id of the first pod that waiting does not mend, null where there is none. Not one that was there `before`: it may be what the
 * change at hand takes away.
 */
export function hopelessPod(
  seen: Pick<Snapshot, 'pods' | 'claims' | 'events'>,
  before: ReadonlySet<string>,
): string | null {
  const unmade = unprovisioned(seen);
  const hopeless = (pod: V1Pod): boolean => {
    const { trouble, ...why } = podReason(pod);
    return (trouble === 'broken' && isHopeless(why)) || claimsOf(pod).some((name) => unmade.includes(name));
  };
  const found = seen.pods.find((pod) => !before.has(uidOf(pod)) && !pod.metadata?.deletionTimestamp && hopeless(pod));
  return found === undefined ? null : uidOf(found);
}
