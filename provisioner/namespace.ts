/**
 * A customer's namespace: made with our labels, recognised by them, removed for good. Owns the rule that a namespace
 * without this customer's label is never touched, not even read further.
 */
import type { V1Namespace } from '@kubernetes/client-node';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { DriftEntry, JobEvent } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type Access, ensureAccess } from './access.ts';
import { sleep } from './clock.ts';
import { entry } from './drift-entries.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import { customerLabel, ownLabels, type Place, type Until } from './place.ts';
import { holdersOf } from './terminating.ts';

/** Pod Security *restricted*: enforced, and named in warnings and audit lines. */
const podSecurity = Object.fromEntries(
  ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);

const labelsOf = ({ customerId }: Place): Record<string, string> => ({ ...ownLabels(customerId), ...podSecurity });

/** How often we look whether a namespace has gone. */
const goneEveryMs = 500;

/** Whether a namespace is this customer's. */
const isOurs = (found: V1Namespace, customerId: string): boolean =>
  found.metadata?.labels?.[customerLabel] === customerId;

function taken(place: Place) {
  return failed(
    'namespace_taken',
    `namespace ${place.name} exists and is not ${place.customerId}'s (no label ${customerLabel}=${place.customerId}); it was not touched`,
  );
}

/** Reads it; null when there is none; a failure when it is somebody else's. */
async function find(kube: Kube, place: Place): Promise<Result<V1Namespace | null, Failure>> {
  const found = await call(kube.core.readNamespace({ name: place.name }));
  if (!found.ok) {
    return found.error.kind === 'not_found' ? ok(null) : kubeFailure(`reading namespace ${place.name}`, found.error);
  }
  return isOurs(found.value, place.customerId) ? ok(found.value) : taken(place);
}

/**
 * Makes sure that one that is there is restricted, and that we may work in it. False where there is none, and once one that is being deleted has
 * gone: none is made.
 */
export async function mendNamespace(
  kube: Kube,
  place: Place,
  access: Access | undefined,
  until: Until,
): Promise<Result<boolean, Stop>> {
  const found = await find(kube, place);
  if (!found.ok) return found;
  if (found.value === null) return ok(false);
  if (found.value.metadata?.deletionTimestamp) {
    const gone = await waitGone(kube, place, until);
    return gone.ok ? ok(false) : gone;
  }
  // First: the label of a namespace that is there is patched by the right that is given in it.
  const may = await ensureAccess(kube, place, access, until);
  return may.ok ? restoreLabels(kube, found.value, place) : may;
}

/**
 * Makes sure that it is there, ours and restricted, and that we may work in it. `created` is true when it was not there, so nothing
 * can be in it.
 */
export async function ensureNamespace(
  kube: Kube,
  place: Place,
  access: Access | undefined,
  until: Until,
): Promise<Result<{ created: boolean }, Stop>> {
  const stands = await mendNamespace(kube, place, access, until);
  if (!stands.ok) return stands;
  if (stands.value) return ok({ created: false });
  const body = { metadata: { name: place.name, labels: labelsOf(place) } };
  const made = await call(kube.core.createNamespace({ body }));
  if (!made.ok && made.error.kind !== 'conflict') return kubeFailure(`creating namespace ${place.name}`, made.error);
  // Somebody made it between our two calls: whose is it?
  const again = made.ok ? made : await find(kube, place);
  if (!again.ok) return again;
  const may = await ensureAccess(kube, place, access, until);
  return may.ok ? ok({ created: made.ok }) : may;
}

/** True, as it is there. */
async function restoreLabels(kube: Kube, found: V1Namespace, place: Place): Promise<Result<true, Failure>> {
  const labels = labelsOf(place);
  const current = found.metadata?.labels ?? {};
  if (Object.entries(labels).every(([key, value]) => current[key] === value)) return ok(true);
  const patched = await call(
    kube.core.patchNamespace(
      { name: place.name, body: { metadata: { labels } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    ),
  );
  return patched.ok ? ok(true) : kubeFailure(`labelling namespace ${place.name}`, patched.error);
}

/** Labels of ours that the namespace has lost. Changes nothing. */
export async function namespaceDrift(kube: Kube, place: Place): Promise<Result<DriftEntry[], Failure>> {
  const found = await find(kube, place);
  if (!found.ok) return found;
  const object = `Namespace/${place.name}`;
  if (found.value === null) return ok([entry(object, 'missing', 'the namespace is not there')]);
  const current = found.value.metadata?.labels ?? {};
  const lacking = Object.entries(labelsOf(place))
    .filter(([key, value]) => current[key] !== value)
    .map(([key, value]) => `metadata.labels.${key}: ${current[key] ?? 'absent'}, wanted ${value}`);
  return ok(lacking.length === 0 ? [] : [entry(object, 'changed', lacking.join('; '))]);
}

/** What there is of a customer's: nothing; a namespace that we may work in; one that is being deleted, our rights in it too. */
export type Own = 'absent' | 'entered' | 'ending';

/** Looks for it, and sees to it that we may work in it. Each job begins with this. */
export async function enterOwn(
  kube: Kube,
  place: Place,
  access: Access | undefined,
  until: Until,
): Promise<Result<Own, Stop>> {
  const found = await find(kube, place);
  if (!found.ok) return found;
  if (found.value === null) return ok('absent');
  if (found.value.metadata?.deletionTimestamp) return ok('ending');
  const may = await ensureAccess(kube, place, access, until);
  return may.ok ? ok('entered') : may;
}

/** Deletes it with all that is in it and waits until it has gone. Not there is success; only the very one seen is deleted. */
export async function deleteNamespace(kube: Kube, place: Place, until: Until): Promise<Result<void, Stop>> {
  const found = await find(kube, place);
  if (!found.ok) return found;
  if (found.value === null) return ok(undefined);
  const { uid, deletionTimestamp } = found.value.metadata ?? {};
  if (deletionTimestamp) return waitGone(kube, place, until);
  const deleted = await call(
    kube.core.deleteNamespace({ name: place.name, body: uid === undefined ? {} : { preconditions: { uid } } }),
  );
  if (!deleted.ok && deleted.error.kind !== 'not_found' && deleted.error.kind !== 'conflict') {
    return kubeFailure(`deleting namespace ${place.name}`, deleted.error);
  }
  return waitGone(kube, place, until);
}

async function waitGone(kube: Kube, place: Place, until: Until): Promise<Result<void, Stop>> {
  let holders: JobEvent[] = [];
  while (until.now() < until.workUntil) {
    if (until.signal.aborted) return err(lost);
    const found = await find(kube, place);
    if (!found.ok) return found;
    if (found.value === null) return ok(undefined);
    holders = holdersOf(found.value);
    await sleep(goneEveryMs, until.signal);
  }
  const why = holders.map((held) => `; ${held.message}`).join('');
  return failed(
    'namespace_terminating',
    `namespace ${place.name} is being deleted and has not gone in time${why}`,
    holders,
  );
}
