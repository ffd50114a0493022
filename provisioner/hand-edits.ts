/**
 * What somebody changed by hand, or another controller wrote, since the release was last laid down. An upgrade overwrites
 * it; this says so, and deletes the objects that applying could not bring back. Best effort: what cannot be told or
 * deleted here is left for the upgrade to refuse.
 */
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { ok, type Result } from '../src/lib/result.ts';
import { type ClusterDeps, placeOf } from './cluster-deps.ts';
import { type Compared, compareManifest, type Expected } from './compare.ts';
import type { JobContext } from './executor.ts';
import type { Stop } from './failure.ts';
import { call } from './kube.ts';
import type { ManifestObject } from './manifest.ts';
import { lastDeployed, type Revision } from './recovery.ts';
import { manifestOf, type ReleaseContext } from './release.ts';

/** How long a line of progress may be. */
const progressMax = 500;
/** What holds data, or whose end could take data with it, is left for a person. */
const kept = new Set(['StatefulSet', 'PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'Secret']);
/** What a suspension has just stopped is no edit. */
const isStopped: Expected = (_object, { path, lives }) => path === 'spec.replicas' && lives === '0';

/** Says what an upgrade of the release is about to overwrite, a line of the log each and in the job's progress. */
export async function makeWay(
  deps: ClusterDeps,
  context: JobContext,
  on: ReleaseContext,
  revisions: Revision[],
): Promise<void> {
  const log = deps.log.child({ job: context.job.job.id });
  const compared = await compare(deps, context, on, revisions);
  if (!compared.ok) {
    const reason = compared.error.kind === 'lost' ? 'the lease was lost' : compared.error.message;
    log.warn({ reason }, 'whether the upgrade overwrites anything cannot be told');
    return;
  }
  const { drift, fixed } = compared.value;
  for (const { object, kind, difference } of drift) log.warn({ object, kind, difference }, 'overwriting');
  if (drift.length > 0) context.progress(25, `overwriting: ${inWords(drift)}`.slice(0, progressMax));
  for (const one of fixed.filter(({ kind }) => !kept.has(kind))) await takeAway(deps, one, log);
}

const inWords = (drift: DriftEntry[]): string =>
  drift.map(({ object, difference }) => `${object} ${difference}`).join('; ');

/** Compared with the last deployed revision; nothing where none was, or where a half-done one lies over it. */
async function compare(
  deps: ClusterDeps,
  context: JobContext,
  on: ReleaseContext,
  revisions: Revision[],
): Promise<Result<Compared, Stop>> {
  const deployed = lastDeployed(revisions);
  if (deployed === null) return ok({ objects: [], drift: [], fixed: [] });
  const manifest = await manifestOf(on, deployed);
  if (!manifest.ok) return manifest;
  const expected = context.job.phase === 'suspended' ? isStopped : undefined;
  const compared = await compareManifest(deps.kube, placeOf(context.job), manifest.value, on.signal, expected);
  const clean = revisions.at(-1)?.revision === deployed;
  return compared.ok && !clean ? ok({ ...compared.value, drift: [] }) : compared;
}

/** Removes an object that the upgrade then makes as the release has it. */
async function takeAway(deps: ClusterDeps, one: ManifestObject, log: ClusterDeps['log']): Promise<void> {
  const object = `${one.kind}/${one.metadata.name}`;
  const gone = await call(deps.kube.objects().delete(one));
  if (gone.ok) log.warn({ object }, 'removed what applying the release could not bring back');
  else log.warn({ object, reason: gone.error.message }, 'cannot be removed');
}
