/**
 * The one object of a customer's that is in no namespace: the binding by which its OpenCost reads the cluster. It goes with the release. Where
 * somebody has deleted the namespace, the release's record went with it, and nobody but us knows of the binding.
 */
import { ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';

/** As charts/customer-instance names it. */
const nameOf = (release: string): string => `${release}-customer-instance-opencost`;

/**
 * Removes it; not there is success, and so is one that gives nothing to this namespace's accounts, which is somebody else's. Who may not read
 * such bindings has made none.
 */
export async function removeBinding(
  kube: Kube,
  { release, namespace }: { release: string; namespace: string },
): Promise<Result<void, Failure>> {
  const name = nameOf(release);
  const found = await call(kube.rbac.readClusterRoleBinding({ name }));
  if (!found.ok) {
    const none = found.error.kind === 'not_found' || found.error.kind === 'forbidden';
    return none ? ok(undefined) : kubeFailure(`reading ClusterRoleBinding ${name}`, found.error);
  }
  const { metadata, subjects = [] } = found.value;
  if (subjects.length === 0 || subjects.some((subject) => subject.namespace !== namespace)) return ok(undefined);
  const preconditions = metadata?.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };
  const removed = await call(kube.rbac.deleteClusterRoleBinding({ name, body: preconditions }));
  const gone = removed.ok || removed.error.kind === 'not_found' || removed.error.kind === 'conflict';
  return gone ? ok(undefined) : kubeFailure(`deleting ClusterRoleBinding ${name}`, removed.error);
}
