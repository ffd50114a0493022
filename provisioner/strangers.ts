/**
 * What runs pods, sizes or bounds them, or keeps data in a customer's namespace and is not the release's. What another object controls
 * is that one's; what nobody's bill or pods depend on (Secrets, ConfigMaps of the cluster itself) is nobody's surprise.
 */
import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { ok, type Result } from '../src/lib/result.ts';
import { entry } from './drift-entries.ts';
import type { Failure } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import type { ManifestObject } from './manifest.ts';
import { ownLabels, type Place } from './place.ts';
import { isControlled } from './workloads.ts';

const kinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'ReplicationController'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['v1', 'Pod'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'ResourceQuota'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

const templates = z.looseObject({
  spec: z.looseObject({
    volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]),
  }),
});

/** Beginnings of the names of the claims that the release's StatefulSets make, each followed by a number. */
const claimPrefixes = (objects: ManifestObject[]): string[] =>
  objects
    .filter(({ kind }) => kind === 'StatefulSet')
    .flatMap((set) =>
      (templates.safeParse(set).data?.spec.volumeClaimTemplates ?? []).map(
        (claim) => `${claim.metadata.name}-${set.metadata.name}-`,
      ),
    );

/** E.g. the quota that keeps a suspended stack shut. */
const isOfProvisioner = (item: KubernetesObject): boolean =>
  item.metadata?.labels?.['app.kubernetes.io/managed-by'] === ownLabels('')['app.kubernetes.io/managed-by'];

/** The objects of a namespace that are in no manifest, as `unexpected`. */
export async function strangers(
  kube: Kube,
  place: Place,
  objects: ManifestObject[],
): Promise<Result<DriftEntry[], Failure>> {
  const known = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const prefixes = claimPrefixes(objects);
  const ours = (kind: string, name: string): boolean =>
    known.has(`${kind}/${name}`) ||
    (kind === 'PersistentVolumeClaim' &&
      prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))));
  const client = kube.objects();
  const found: DriftEntry[] = [];
  for (const [apiVersion, kind] of kinds) {
    const listed = await call(client.list<KubernetesObject>(apiVersion, kind, place.name));
    if (!listed.ok) return kubeFailure(`listing objects of kind ${kind}`, listed.error);
    for (const item of listed.value.items) {
      const name = item.metadata?.name ?? '';
      if (ours(kind, name) || isControlled(item) || isOfProvisioner(item)) continue;
      const by = (item.metadata?.managedFields ?? []).flatMap(({ manager }) => manager ?? []);
      const first = by[0] === undefined ? '' : `, made by ${by[0]}`;
      found.push(entry(`${kind}/${name}`, 'unexpected', `not in the release${first}`));
    }
  }
  return ok(found);
}
