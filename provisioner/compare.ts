/**
 * What lives of a release against what it wants, by asking the cluster what applying the release would change (a
 * server-side dry run): defaults that the cluster fills in are then on both sides and are no difference. Changes nothing.
 */
import { z } from 'zod';
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { entry } from './drift-entries.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, type KubeError, kubeFailure } from './kube.ts';
import { type Difference, differences, inWords, type ManifestObject, parseManifest } from './manifest.ts';
import type { Place } from './place.ts';

/** A field manager of its own, which owns no field: so a dry run never shows a field as removed. */
const manager = 'tenantry-drift';
/** Objects asked about at once. */
const atOnce = 6;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export type Compared = {
  objects: ManifestObject[];
  drift: DriftEntry[];
  /** Objects that applying the release cannot bring back, e.g. a Service that was made anew with another cluster IP. */
  fixed: ManifestObject[];
};
/** Whether a difference of an object (`Kind/name`) is nobody's edit. */
export type Expected = (object: string, difference: Difference) => boolean;

/** The objects of a manifest that are missing or changed. */
export async function compareManifest(
  kube: Kube,
  place: Place,
  manifest: string,
  signal: AbortSignal,
  expected: Expected = () => false,
): Promise<Result<Compared, Stop>> {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return failed('helm_failed', `helm get manifest: ${parsed.error}`);
  const client = kube.objects();
  const drift: DriftEntry[] = [];
  const fixed: ManifestObject[] = [];
  for (let n = 0; n < parsed.value.length; n += atOnce) {
    if (signal.aborted) return err(lost);
    const some = parsed.value.slice(n, n + atOnce).map((wanted) => ({
      ...wanted,
      metadata: { ...wanted.metadata, namespace: wanted.metadata.namespace ?? place.name },
    }));
    const results = await Promise.all(some.map((wanted) => compareOne(client, wanted, expected)));
    for (const [at, result] of results.entries()) {
      if (!result.ok) return result;
      if (result.value.entry !== null) drift.push(result.value.entry);
      if (result.value.isFixed) fixed.push(...some.slice(at, at + 1));
    }
  }
  return ok({ objects: parsed.value, drift, fixed });
}

type One = { entry: DriftEntry | null; isFixed: boolean };
const one = (of: DriftEntry | null, isFixed = false): Result<One, Failure> => ok({ entry: of, isFixed });

async function compareOne(
  client: ReturnType<Kube['objects']>,
  wanted: ManifestObject,
  expected: Expected,
): Promise<Result<One, Failure>> {
  const object = `${wanted.kind}/${wanted.metadata.name}`;
  const lives = await call(client.readPlain(wanted));
  if (!lives.ok) {
    return isAbsent(lives.error)
      ? one(entry(object, 'missing', lives.error.message))
      : kubeFailure(`reading ${object}`, lives.error);
  }
  const applied = await call(client.applyDry(wanted, manager));
  if (!applied.ok) return refusal(object, applied.error);
  const added = addedLimits(plain(lives.value), wanted);
  const found = [...differences(plain(lives.value), plain(applied.value), wanted.kind), ...added].filter(
    (difference) => !expected(object, difference),
  );
  const told = found.length === 0 ? null : entry(object, 'changed', found.map(inWords).join('; '));
  return one(told, added.length > 0);
}

const quota = z.looseObject({ spec: z.looseObject({ hard: z.record(z.string(), z.unknown()) }) });

/** Limits that a quota has beyond the release's: applying leaves what somebody added, and a stack could not start under it. */
function addedLimits(lives: unknown, wanted: ManifestObject): Difference[] {
  if (wanted.kind !== 'ResourceQuota') return [];
  const [has, should] = [quota.safeParse(lives), quota.safeParse(wanted)];
  if (!has.success || !should.success) return [];
  return Object.entries(has.data.spec.hard)
    .filter(([name]) => !(name in should.data.spec.hard))
    .map(([name, limit]) => ({ path: `spec.hard.${name}`, lives: JSON.stringify(limit), wanted: 'absent' }));
}

/** An object that is not there, or whose kind the cluster does not know (any more). */
const isAbsent = (error: KubeError): boolean =>
  error.kind === 'not_found' || /^Unrecognized API version and kind/.test(error.message);

/** What cannot be changed in place differs in just that; nothing can be told for a full quota, or a webhook without dry runs. */
function refusal(object: string, error: KubeError): Result<One, Failure> {
  if (error.kind === 'not_found') return one(entry(object, 'missing', error.message));
  if (error.kind === 'quota' || /dry ?run/i.test(error.message)) return one(null);
  if (error.kind !== 'invalid') return kubeFailure(`comparing ${object}`, error);
  return one(entry(object, 'changed', error.message), /immutable|may not (be )?change/.test(error.message));
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
