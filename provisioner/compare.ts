/**
 * What lives of a release against what it wants, by asking the cluster what applying the release would change (a
 * server-side dry run): defaults that the cluster fills in are then on both sides and are no difference. Changes nothing.
 */
import { PatchStrategy } from '@kubernetes/client-node';
import { z } from 'zod';
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { entry } from './drift-entries.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, type KubeError, kubeFailure } from './kube.ts';
import { differences, inWords, type ManifestObject, parseManifest } from './manifest.ts';
import type { Place } from './namespace.ts';

/** A writer of its own, which owns no field: then a dry run never takes anything away. */
const manager = 'tenantry-drift';
/** Objects asked about at once. */
const atOnce = 6;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The objects of a manifest that are missing or changed. `ignore` are `Kind/name` whose replicas somebody else decides. */
export async function compareManifest(
  kube: Kube,
  place: Place,
  manifest: string,
  signal: AbortSignal,
  ignore: ReadonlySet<string> = new Set(),
): Promise<Result<{ objects: ManifestObject[]; drift: DriftEntry[] }, Stop>> {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return failed('helm_failed', `helm get manifest: ${parsed.error}`);
  const client = kube.objects();
  const drift: DriftEntry[] = [];
  for (let n = 0; n < parsed.value.length; n += atOnce) {
    if (signal.aborted) return err(lost);
    const some = parsed.value.slice(n, n + atOnce);
    const results = await Promise.all(some.map((wanted) => compareOne(client, place, wanted, ignore)));
    for (const result of results) {
      if (!result.ok) return result;
      if (result.value !== null) drift.push(result.value);
    }
  }
  return ok({ objects: parsed.value, drift });
}

async function compareOne(
  client: ReturnType<Kube['objects']>,
  place: Place,
  wanted: ManifestObject,
  ignore: ReadonlySet<string>,
): Promise<Result<DriftEntry | null, Failure>> {
  const object = `${wanted.kind}/${wanted.metadata.name}`;
  const named = { ...wanted, metadata: { ...wanted.metadata, namespace: wanted.metadata.namespace ?? place.name } };
  const lives = await call(client.read(named));
  if (!lives.ok) {
    return isAbsent(lives.error)
      ? ok(entry(object, 'missing', lives.error.message))
      : kubeFailure(`reading ${object}`, lives.error);
  }
  const applied = await call(client.patch(named, undefined, 'All', manager, true, PatchStrategy.ServerSideApply));
  if (!applied.ok) return refusal(object, applied.error);
  const found = differences(plain(lives.value), plain(applied.value), wanted.kind).filter(
    ({ path }) => !(path === 'spec.replicas' && ignore.has(object)),
  );
  return ok(found.length === 0 ? null : entry(object, 'changed', found.map(inWords).join('; ')));
}

/** An object that is not there, or whose kind the cluster does not know (any more). */
const isAbsent = (error: KubeError): boolean =>
  error.kind === 'not_found' ||
  /^Unrecognized API version and kind|^Failed to fetch resource metadata/.test(error.message);

/** What cannot be changed in place differs in just that; for a quota that is full nothing can be told. */
function refusal(object: string, error: KubeError): Result<DriftEntry | null, Failure> {
  if (error.kind === 'not_found') return ok(entry(object, 'missing', error.message));
  if (error.kind === 'invalid') return ok(entry(object, 'changed', error.message));
  return error.kind === 'quota' ? ok(null) : kubeFailure(`comparing ${object}`, error);
}

const autoscaler = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
});

/** `Kind/name` of what autoscalers size in a namespace. */
export async function autoscaled(kube: Kube, place: Place): Promise<Result<Set<string>, Failure>> {
  const found = await call(kube.objects().list('autoscaling/v2', 'HorizontalPodAutoscaler', place.name));
  if (!found.ok) return kubeFailure('listing autoscalers', found.error);
  const targets = found.value.items.flatMap((item) => {
    const read = autoscaler.safeParse(plain(item));
    return read.success ? [read.data.spec.scaleTargetRef] : [];
  });
  return ok(new Set(targets.map(({ kind, name }) => `${kind}/${name}`)));
}
