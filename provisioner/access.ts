/**
 * Our own rights in a customer's namespace. Where our role holds in namespaces that we have bound it in and nowhere else (charts/provisioner),
 * each job binds it before it does anything there: in a namespace that is new, or older than the role, or that has lost it. Owns
 * that binding and the wait until the cluster heeds it; whose the namespace is has been asked before.
 */
import { PatchStrategy, setHeaderOptions, type V1RoleBinding } from '@kubernetes/client-node';
import { err, ok, type Result } from '../src/lib/result.ts';
import { sleep } from './clock.ts';
import { failed, lost, type Stop } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import { ownLabels, type Place, type Until } from './place.ts';

/** The ClusterRole that is bound, and whom it is bound to. */
export type Access = { role: string; account: { namespace: string; name: string } };

const roleGroup = 'rbac.authorization.k8s.io';
/** API servers hear of a binding by watching: it counts some ms later, on a busy one some seconds. */
const heededWithinMs = 10_000;
const heededEveryMs = 100;

const bindingOf = ({ role, account }: Access, { name, customerId }: Place) => ({
  apiVersion: `${roleGroup}/v1`,
  kind: 'RoleBinding',
  // Named as the role, which a binding cannot change.
  metadata: { name: role, namespace: name, labels: ownLabels(customerId) },
  roleRef: { apiGroup: roleGroup, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
});

const givesRole = ({ roleRef }: V1RoleBinding, role: string): boolean =>
  roleRef.kind === 'ClusterRole' && roleRef.name === role;

const givesUs = ({ subjects = [] }: V1RoleBinding, { account }: Access): boolean =>
  subjects.some(
    ({ kind, name, namespace }) =>
      kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
  );

/**
 * Makes sure that we may work in a namespace of ours. Fails with `forbidden` where the cluster does not take the binding, where
 * it names another role, and where it is not heeded within 10 s. Without `access` our rights are given some other way.
 */
export async function ensureAccess(
  kube: Kube,
  place: Place,
  access: Access | undefined,
  until: Until,
): Promise<Result<void, Stop>> {
  if (access === undefined) return ok(undefined);
  const body = bindingOf(access, place);
  const at = { name: access.role, namespace: place.name };
  const object = `RoleBinding ${at.name} of namespace ${at.namespace}`;
  const found = await call(kube.rbac.readNamespacedRoleBinding(at));
  if (!found.ok && found.error.kind !== 'not_found') return kubeFailure(`reading ${object}`, found.error);
  if (found.ok && !givesRole(found.value, access.role)) {
    return failed('forbidden', `${object} gives ${found.value.roleRef.name} and not our role: remove it`);
  }
  if (found.ok && givesUs(found.value, access)) return ok(undefined);
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const given = await call<unknown>(
    found.ok
      ? kube.rbac.patchNamespacedRoleBinding({ ...at, body: { subjects: body.subjects } }, merge)
      : kube.rbac.createNamespacedRoleBinding({ namespace: at.namespace, body }),
  );
  if (!given.ok) return kubeFailure(`making ${object}`, given.error);
  return heeded(kube, place, object, until);
}

/** Waits until a call that only the binding allows is answered. */
async function heeded(kube: Kube, place: Place, object: string, until: Until): Promise<Result<void, Stop>> {
  const end = Math.min(until.now() + heededWithinMs, until.workUntil);
  for (;;) {
    if (until.signal.aborted) return err(lost);
    const tried = await call(kube.core.listNamespacedPersistentVolumeClaim({ namespace: place.name, limit: 1 }));
    if (tried.ok) return ok(undefined);
    if (tried.error.kind !== 'forbidden') return kubeFailure('listing volume claims', tried.error);
    if (until.now() >= end) return kubeFailure(`${object} was made and gives nothing yet`, tried.error);
    await sleep(heededEveryMs, until.signal);
  }
}
