/**
 * What no waiting mends: a pod whose image the registry does not have, or does not give us. Pure. A registry that cannot be
 * reached, a node without room, a container that ends: all of these may heal, and are waited for.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { podReason } from './pod-reason.ts';

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
 * The first pod that waiting does not mend, null where there is none. Not one that was there `before`: it may be what the
 * change at hand takes away.
 */
export function hopelessPod(
  pods: readonly V1Pod[],
  before: ReadonlySet<string>,
): { uid: string; why: JobEvent } | null {
  for (const pod of pods) {
    if (before.has(uidOf(pod)) || pod.metadata?.deletionTimestamp) continue;
    const { trouble, ...why } = podReason(pod);
    if (trouble === 'broken' && isHopeless(why)) return { uid: uidOf(pod), why };
  }
  return null;
}
