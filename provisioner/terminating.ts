/**
 * What holds an object that is being deleted and does not go: finalizers, what is left in a namespace, a node that does not
 * confirm. Pure.
 */
import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';

/** Conditions of a namespace that tell of trouble in deleting it, all of them `True` only then, the most telling first. */
const namespaceConditions = [
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
  'NamespaceDeletionContentFailure',
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
];

const finalizersOf = (of: { metadata?: { finalizers?: string[] } }): string[] => of.metadata?.finalizers ?? [];

/** What keeps a namespace from going, in the cluster's own words; empty while the cluster has not said so. */
export function holdersOf(namespace: V1Namespace): JobEvent[] {
  const object = `Namespace/${namespace.metadata?.name}`;
  const said = namespaceConditions.flatMap((type) => {
    const found = namespace.status?.conditions?.find((each) => each.type === type && each.status === 'True');
    return found ? [{ object, reason: found.reason ?? type, message: found.message ?? type }] : [];
  });
  const finalizers = finalizersOf(namespace);
  const own = { object, reason: 'Finalizers', message: `its own finalizers remain: ${finalizers.join(', ')}` };
  return finalizers.length === 0 ? said : [own, ...said];
}

/** How long after its time a pod may still be there before it counts as stuck; our clock and the cluster's differ, too. */
const graceMs = 10_000;

/** A pod that should have gone by now and what holds it; null for any other. `at` is now, in ms since 1970. */
export function stuckPod(pod: V1Pod, at: number): JobEvent | null {
  const due = pod.metadata?.deletionTimestamp;
  // The deletion's time already has the pod's own grace period in it.
  if (!due || at - new Date(due).getTime() < graceMs) return null;
  const since = new Date(due).toISOString().replace(/\.\d+Z$/, 'Z');
  const finalizers = finalizersOf(pod);
  const holder =
    finalizers.length > 0
      ? `held by its finalizers ${finalizers.join(', ')}`
      : `node ${pod.spec?.nodeName ?? 'unknown'} has not confirmed its end`;
  return {
    object: `Pod/${pod.metadata?.name}`,
    reason: 'Terminating',
    message: `should have gone at ${since}; ${holder}`,
  };
}
