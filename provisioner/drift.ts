/**
 * A job that only looks: how what lives in a customer's namespace differs from the release, the generated Secrets, the
 * namespace's own labels and the database's claim. Owns the order and what counts; it changes nothing
 * but our own right to look, where that is missing.
 */
import type { DriftEntry, LeasedJob } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { claimUidOf, type Database, databaseOf, requireData } from './claims.ts';
import { type ClusterDeps, placeOf, releaseOf, untilOf } from './cluster-deps.ts';
import { autoscaled, compareManifest, type Expected } from './compare.ts';
import { bounded, entry, entryOf } from './drift-entries.ts';
import type { Done, JobContext } from './executor.ts';
import { lost, type Stop } from './failure.ts';
import { enterOwn, namespaceDrift } from './namespace.ts';
import type { Place } from './place.ts';
import { lastDeployed } from './recovery.ts';
import { history, manifestOf } from './release.ts';
import { reportersOf } from './reporters.ts';
import { secretsDrift } from './secrets.ts';
import { strangers } from './strangers.ts';

/**
 * Compares; the differences, at most as many as the wire takes. The uid of the database's claim is told with them, so that the
 * API also learns the claims of stacks that were deployed before it kept uids.
 */
export async function findDrift(deps: ClusterDeps, context: JobContext): Promise<Result<Done, Stop>> {
  const { job } = context;
  const place = placeOf(job);
  context.progress(10, 'comparing');
  const own = await enterOwn(deps.kube, place, deps.access, untilOf(deps, context));
  if (!own.ok) return own;
  const object = `Namespace/${place.name}`;
  if (job.phase === 'deleted') {
    return ok({ drift: own.value !== 'absent' ? [entry(object, 'unexpected', 'it is to be deleted')] : [] });
  }
  if (own.value === 'ending') {
    return ok({ drift: [entry(object, 'missing', 'the namespace is being deleted with all that is in it')] });
  }
  if (own.value === 'absent') {
    return ok({ drift: [entry(object, 'missing', 'the namespace is not there, nor anything of its stack')] });
  }
  const database = await databaseOf(deps.kube, place);
  if (!database.ok) return database;
  const claimUid = job.expects_data ? claimUidOf(database.value, job.claim_uid) : null;
  const looks: (() => Promise<Result<DriftEntry[], Stop>>)[] = [
    () => namespaceDrift(deps.kube, place),
    () => secretsDrift(deps.kube, place, job.values, reportersOf(job)),
    async () => ok(dataDrift(database.value, place, job)),
    () => releaseDrift(deps, context, place),
  ];
  const drift: DriftEntry[] = [];
  for (const look of looks) {
    if (context.signal.aborted) return err(lost);
    const found = await look();
    if (!found.ok) return found;
    drift.push(...found.value);
  }
  return ok({ drift: bounded(drift), ...(claimUid === null ? {} : { claimUid }) });
}

function dataDrift(database: Database, place: Place, job: LeasedJob): DriftEntry[] {
  if (!job.expects_data && database.kind === 'none') return [];
  const stands = requireData(database, place, job.expects_data ? job.claim_uid : null);
  return stands.ok ? [] : [entryOf('PersistentVolumeClaim', stands.error)];
}

async function releaseDrift(deps: ClusterDeps, context: JobContext, place: Place): Promise<Result<DriftEntry[], Stop>> {
  const on = releaseOf(deps, context);
  const object = `Release/${on.release}`;
  const revisions = await history(on);
  if (!revisions.ok) return revisions;
  const deployed = lastDeployed(revisions.value);
  if (deployed === null) return ok([entry(object, 'missing', 'no revision of the release has been deployed')]);
  const status = revisions.value.at(-1)?.status;
  const state = status === 'deployed' ? [] : [entry(object, 'changed', `status: ${status}, wanted deployed`)];
  const manifest = await manifestOf(on, deployed);
  if (!manifest.ok) return manifest;
  const sized = await autoscaled(deps.kube, place);
  if (!sized.ok) return sized;
  context.progress(40, 'comparing the release');
  const expected: Expected = (of, { path }) => path === 'spec.replicas' && sized.value.has(of);
  const compared = await compareManifest(deps.kube, place, manifest.value, context.signal, expected);
  if (!compared.ok) return compared;
  const others = await strangers(deps.kube, place, compared.value.objects);
  return others.ok ? ok([...state, ...compared.value.drift, ...others.value]) : others;
}
