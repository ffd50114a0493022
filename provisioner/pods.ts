/**
 * Seeing the pods of a namespace go, whatever makes them. Workloads are stopped in workloads.ts; what goes on making pods all the
 * same (an operator, a workload whose stop was refused) is shut out by a quota, which holds until `reopen`.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { sleep } from './clock.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import { ownLabels, type Place, type Until } from './place.ts';
import { isControlled, isExporters, type Refusal, stopWorkloads } from './workloads.ts';

/** The quota that lets no pod into a namespace. */
const closedName = 'tenantry-stopped';
/** How often we look what is left. */
const lookEveryMs = 1_000;
/** How long a controller may take to begin with what it was told. */
const beginsWithinMs = 8_000;

const lives = (pod: V1Pod): boolean => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';

const eventOf = (pod: V1Pod): JobEvent => {
  const since = pod.metadata?.deletionTimestamp;
  const holds = pod.metadata?.finalizers ?? [];
  return {
    object: `Pod/${pod.metadata?.name}`,
    reason: since ? 'Terminating' : (pod.status?.phase ?? 'Unknown'),
    message: [
      since ? `since ${since.toISOString()}` : 'not asked to end',
      `on node ${pod.spec?.nodeName ?? 'none'}`,
      ...(holds.length > 0 ? [`held by ${holds.join(', ')}`] : []),
    ].join(', '),
  };
};

/**
 * Waits until no pod runs in the namespace, with `keepExporter` none but the billing exporter's; stops meanwhile what would
 * make new ones. Fails with `not_ready` and what is left when the time is up.
 */
export async function waitUntilStopped(
  kube: Kube,
  place: Place,
  keepExporter: boolean,
  until: Until,
  tell: (message: string) => void,
): Promise<Result<void, Stop>> {
  const begun = until.now();
  for (;;) {
    if (until.signal.aborted) return err(lost);
    const left = await podsLeft(kube, place, keepExporter);
    if (left.ok && left.value.length === 0) return ok(undefined);
    const pods = left.ok ? left.value : [];
    const refused = await press(kube, place, keepExporter, pods, until.now() - begun >= beginsWithinMs);
    const [first] = pods.map(eventOf);
    if (first) tell(`stopping: ${pods.length} pods left; ${first.object}: ${first.reason}`);
    if (until.now() + lookEveryMs >= until.workUntil) return left.ok ? stillThere(pods, refused) : left;
    await sleep(lookEveryMs, until.signal);
  }
}

async function podsLeft(kube: Kube, place: Place, keepExporter: boolean): Promise<Result<V1Pod[], Failure>> {
  const listed = await call(kube.core.listNamespacedPod({ namespace: place.name }));
  if (!listed.ok) return kubeFailure('listing pods', listed.error);
  return ok(listed.value.items.filter((pod) => lives(pod) && !(keepExporter && isExporters(pod))));
}

/**
 * Stops again what wants pods, and deletes those that nothing controls. Where a stop is refused, or pods stay that nobody
 * ends (`late`), no new pod is let in and all are deleted. Answers what the cluster refused.
 */
async function press(kube: Kube, place: Place, keepExporter: boolean, left: V1Pod[], late: boolean) {
  const { refused } = await stopWorkloads(kube, place, keepExporter);
  const staying = left.filter((pod) => !pod.metadata?.deletionTimestamp);
  const stubborn = staying.length > 0 && (refused.length > 0 || late);
  if (stubborn) refused.push(...(await close(kube, place, keepExporter)));
  const ours = stubborn ? staying : staying.filter((pod) => !isControlled(pod));
  await Promise.all(ours.map((pod) => remove(kube, place, pod)));
  return refused;
}

function stillThere(left: V1Pod[], refused: Refusal[]) {
  const events = left.map(eventOf);
  const [first] = events;
  const [no] = refused;
  return failed(
    'not_ready',
    [
      `suspending: ${left.length} pods have not gone in time`,
      ...(first ? [`${first.object}: ${first.reason} ${first.message}`] : []),
      ...(no ? [`${no.object} was refused: ${no.message}`] : []),
    ].join('; '),
    events,
  );
}

const remove = (kube: Kube, place: Place, pod: V1Pod) =>
  call(kube.core.deleteNamespacedPod({ name: pod.metadata?.name ?? '', namespace: place.name }));

/** Lets no pod in; one when the exporter goes on. */
async function close(kube: Kube, place: Place, keepExporter: boolean): Promise<Refusal[]> {
  const body = {
    metadata: { name: closedName, namespace: place.name, labels: ownLabels(place.customerId) },
    spec: { hard: { pods: keepExporter ? '1' : '0' } },
  };
  const made = await call(kube.core.createNamespacedResourceQuota({ namespace: place.name, body }));
  if (made.ok) return [];
  const replaced =
    made.error.kind === 'conflict'
      ? await call(kube.core.replaceNamespacedResourceQuota({ name: closedName, namespace: place.name, body }))
      : made;
  return replaced.ok ? [] : [{ object: `ResourceQuota/${closedName}`, message: replaced.error.message }];
}

/** Lets pods in again. */
export async function reopen(kube: Kube, place: Place): Promise<Result<void, Failure>> {
  const gone = await call(kube.core.deleteNamespacedResourceQuota({ name: closedName, namespace: place.name }));
  if (gone.ok || gone.error.kind === 'not_found') return ok(undefined);
  return kubeFailure(`removing ResourceQuota ${closedName}`, gone.error);
}
