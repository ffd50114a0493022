/**
 * What runs pods in a namespace, of the kinds that Kubernetes itself has: how each is stopped, and how it runs again. Owns
 * the table of kinds and the annotation that remembers what was; pods themselves, and whatever else makes them, are in
 * pods.ts.
 */
import { type KubernetesObject, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { z } from 'zod';
import { call, type Kube, type KubeError } from './kube.ts';
import type { Place } from './place.ts';

/** Name of us as the writer of a field. */
const fieldManager = 'tenantry-provisioner';
/** On what we stopped: the part of its spec that was, as JSON. Also the label of no node, for what runs one pod a node. */
const stoppedKey = 'tenantry.dev/stopped';
/** The one workload that goes on while a stack drains. */
const exporterLabel = { key: 'app', value: 'billing-exporter' };

type Spec = {
  replicas?: number;
  suspend?: boolean;
  template?: { spec?: { nodeSelector?: Record<string, string | null> } };
};
export type Workload = KubernetesObject & {
  spec?: Spec;
  status?: { completionTime?: unknown; conditions?: { type: string; status: string }[] };
};

type Kind = {
  apiVersion: string;
  kind: string;
  /** Whether it makes pods as it is. */
  runs: (of: Workload) => boolean;
  /** The part of the spec that stops it. */
  stopped: Spec;
  /** The part of the spec that `stopped` replaces, as it is. */
  before: (of: Workload) => Spec;
};

const replicas = {
  runs: (of: Workload) => (of.spec?.replicas ?? 1) > 0,
  stopped: { replicas: 0 },
  before: (of: Workload) => ({ replicas: of.spec?.replicas ?? 1 }),
};
const ended = (of: Workload): boolean =>
  Boolean(of.status?.completionTime) ||
  (of.status?.conditions ?? []).some(({ type, status }) => type === 'Failed' && status === 'True');
const suspension = { stopped: { suspend: true }, before: () => ({ suspend: false }) };
const noNode = (value: string | null) => ({ template: { spec: { nodeSelector: { [stoppedKey]: value } } } });

const kinds: Kind[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', ...replicas },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', ...replicas },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...replicas },
  { apiVersion: 'v1', kind: 'ReplicationController', ...replicas },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    runs: (of) => of.spec?.template?.spec?.nodeSelector?.[stoppedKey] === undefined,
    stopped: noNode('true'),
    before: () => noNode(null),
  },
  { apiVersion: 'batch/v1', kind: 'CronJob', runs: (of) => of.spec?.suspend !== true, ...suspension },
  { apiVersion: 'batch/v1', kind: 'Job', runs: (of) => of.spec?.suspend !== true && !ended(of), ...suspension },
];

export const isExporters = (of: KubernetesObject): boolean =>
  of.metadata?.labels?.[exporterLabel.key] === exporterLabel.value;

/** What another object controls follows that one: a Deployment makes its ReplicaSets itself. */
export const isControlled = (of: KubernetesObject): boolean =>
  (of.metadata?.ownerReferences ?? []).some(({ controller }) => controller === true);

type Objects = ReturnType<Kube['objects']>;
type Found = { kind: string; apiVersion: string; workload: Workload };
/** Something that the cluster would not do, e.g. `{object: 'Deployment/app', message}`. */
export type Refusal = { object: string; message: string };

/**
 * Whether its size is a Deployment's to say. A Deployment also writes its own annotations on its ReplicaSets, our note among
 * them, so that one of a version that is no more would pass for stopped.
 */
const isSized = ({ kind, workload }: Found): boolean => kind.startsWith('Replica') && isControlled(workload);

/** All workloads of a namespace that are stopped and started by themselves, and the kinds that could not be listed. */
async function findWorkloads(objects: Objects, place: Place): Promise<{ found: Found[]; refused: Refusal[] }> {
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, kind }) => ({
      apiVersion,
      kind,
      list: await call(objects.list<Workload>(apiVersion, kind, place.name)),
    })),
  );
  return {
    found: lists
      .flatMap(({ apiVersion, kind, list }) =>
        list.ok ? list.value.items.map((workload) => ({ apiVersion, kind, workload })) : [],
      )
      .filter((one) => !isSized(one)),
    refused: lists.flatMap(({ kind, list }) => (list.ok ? [] : [{ object: kind, message: list.error.message }])),
  };
}

const nameOf = ({ kind, workload }: Found): string => `${kind}/${workload.metadata?.name ?? ''}`;

/**
 * Stops every workload of a namespace; with `keepExporter` all but the billing exporter. Answers what it stopped, and what
 * the cluster refused, e.g. for an admission webhook that does not answer.
 */
export async function stopWorkloads(
  kube: Kube,
  place: Place,
  keepExporter: boolean,
): Promise<{ stopped: string[]; refused: Refusal[] }> {
  const objects = kube.objects();
  const { found, refused } = await findWorkloads(objects, place);
  const running = found.filter(
    (one) => tableOf(one).runs(one.workload) && !(keepExporter && isExporters(one.workload)),
  );
  const results = await Promise.all(
    running.map(async (one) => ({ one, error: await stop(kube, objects, place, one) })),
  );
  return {
    stopped: results.filter(({ error }) => error === null).map(({ one }) => nameOf(one)),
    refused: [
      ...refused,
      ...results.flatMap(({ one, error }) => (error === null ? [] : [{ object: nameOf(one), message: error.message }])),
    ],
  };
}

function tableOf(one: Found): Kind {
  const row = kinds.find(({ kind }) => kind === one.kind);
  if (!row) throw new Error(`no workload is a ${one.kind}`);
  return row;
}

/** The object's own patch first, which keeps what was; then its scale, which fewer rules of a cluster look at. */
async function stop(kube: Kube, objects: Objects, place: Place, one: Found): Promise<KubeError | null> {
  const row = tableOf(one);
  const annotations = { [stoppedKey]: JSON.stringify(row.before(one.workload)) };
  const patched = await patch(objects, place, one, { annotations }, row.stopped);
  if (patched === null || patched.kind === 'not_found') return null;
  const scaled = await scaleToNone(kube, place, one);
  return scaled ? null : patched;
}

async function patch(objects: Objects, place: Place, one: Found, metadata: object, spec: Spec | undefined) {
  const body = {
    apiVersion: one.apiVersion,
    kind: one.kind,
    metadata: { name: one.workload.metadata?.name ?? '', namespace: place.name, ...metadata },
    ...(spec === undefined ? {} : { spec }),
  };
  const done = await call(objects.patch(body, undefined, undefined, fieldManager, undefined, PatchStrategy.MergePatch));
  return done.ok ? null : done.error;
}

async function scaleToNone(kube: Kube, place: Place, { kind, workload }: Found): Promise<boolean> {
  const which = {
    name: workload.metadata?.name ?? '',
    namespace: place.name,
    body: { spec: { replicas: 0 } },
    fieldManager,
  };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  switch (kind) {
    case 'Deployment':
      return (await call(kube.apps.patchNamespacedDeploymentScale(which, merge))).ok;
    case 'StatefulSet':
      return (await call(kube.apps.patchNamespacedStatefulSetScale(which, merge))).ok;
    case 'ReplicaSet':
      return (await call(kube.apps.patchNamespacedReplicaSetScale(which, merge))).ok;
    case 'ReplicationController':
      return (await call(kube.core.patchNamespacedReplicationControllerScale(which, merge))).ok;
    default:
      return false;
  }
}

const remembered = z.looseObject({});

/**
 * Lets run again what a suspension stopped and the release has not started itself: workloads beside the chart, and those
 * whose size the chart leaves open. Answers their names, and what the cluster refused.
 */
export async function startAgain(kube: Kube, place: Place): Promise<{ started: string[]; refused: Refusal[] }> {
  const objects = kube.objects();
  const { found, refused } = await findWorkloads(objects, place);
  const started: string[] = [];
  for (const one of found) {
    const note = one.workload.metadata?.annotations?.[stoppedKey];
    if (note === undefined) continue;
    const again = tableOf(one).runs(one.workload) || helmSizes(one.workload) ? undefined : specOf(note);
    const error = await patch(objects, place, one, { annotations: { [stoppedKey]: null } }, again);
    if (error !== null) refused.push({ object: nameOf(one), message: error.message });
    else if (again !== undefined) started.push(nameOf(one));
  }
  return { started, refused };
}

function specOf(note: string): Spec | undefined {
  try {
    const read = remembered.safeParse(JSON.parse(note));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

const sized = z.looseObject({ 'f:spec': z.looseObject({ 'f:replicas': z.unknown() }) });

/** Whether the release says how many pods there are: then none is what it says. */
const helmSizes = (of: Workload): boolean =>
  (of.metadata?.managedFields ?? []).some(
    ({ manager, fieldsV1 }) =>
      manager === 'helm' && sized.safeParse(fieldsV1).data?.['f:spec']['f:replicas'] !== undefined,
  );
