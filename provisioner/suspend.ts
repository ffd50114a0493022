/**
 * Stopping a stack, for good or but for its exporter. What runs is stopped first and by itself: no chart, hook, value,
 * Secret, quota or half-done release can stand in the way. Then the release is brought into line as far as it goes, and
 * what could not be is said beside the result, which it never fails. Done is a suspension when the pods have gone.
 */
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { databaseOf, requireData } from './claims.ts';
import { type ClusterDeps, placeOf, releaseOf, untilOf } from './cluster-deps.ts';
import { releaseUntil } from './deadline.ts';
import { entry, entryOf } from './drift-entries.ts';
import type { Done, JobContext } from './executor.ts';
import { lost, type Stop } from './failure.ts';
import { makeWay } from './hand-edits.ts';
import { ensureNamespace, enterOwn, mendNamespace } from './namespace.ts';
import { removeBinding } from './opencost-binding.ts';
import { waitUntilStopped } from './pods.ts';
import { pendingRevision } from './recovery.ts';
import { history, type ReleaseContext, recover, upgrade } from './release.ts';
import { registerKey } from './reporter-key.ts';
import { reportersOf } from './reporters.ts';
import { ensureInnerPasswords, ensurePassword, putLicence } from './secrets.ts';
import { unlock } from './unlock.ts';
import { finalValues, toValuesText } from './values.ts';
import { stopWorkloads } from './workloads.ts';

/** How long a line of progress may be. */
const progressMax = 500;
/** A helm that something else than its timer killed is started again, so often. */
const killedRunsMax = 2;

/**
 * Brings the job's stack to a standstill; with `metering` its exporter goes on. Where the namespace is not there, nothing runs and nothing is made
 * anew but for that exporter: its last window can still be reported.
 */
export async function suspend(deps: ClusterDeps, context: JobContext): Promise<Result<Done | undefined, Stop>> {
  const { job } = context;
  const place = placeOf(job);
  const keepExporter = job.values.metering;
  context.progress(5, 'stopping');
  const own = await enterOwn(deps.kube, place, deps.access, untilOf(deps, context));
  if (!own.ok) return own;
  if (own.value !== 'entered' && !keepExporter) return withoutNamespace(deps, context);
  if (own.value === 'ending') {
    // The cluster ends what runs in it, and whether that has gone we may not see.
    const gone = await ensureNamespace(deps.kube, place, deps.access, untilOf(deps, context));
    if (!gone.ok) return gone;
  }
  if (own.value === 'entered') {
    const first = await stopWorkloads(deps.kube, place, keepExporter);
    deps.log.info({ job: job.job.id, ...first }, 'stopped what runs pods');
  }
  const damage = await align(deps, context);
  if (!damage.ok) return damage;
  for (const { object, difference } of damage.value) {
    deps.log.warn({ job: job.job.id, object, difference }, 'suspended, but not in line with the release');
    context.say('warn', `suspended, but not in line with the release: ${object}: ${difference}`);
  }
  const tell = (message: string) => context.progress(70, message);
  const stopped = await waitUntilStopped(deps.kube, place, keepExporter, untilOf(deps, context), tell);
  if (!stopped.ok) return stopped;
  const [worst] = damage.value;
  if (!worst) return ok(undefined);
  context.progress(95, `stopped; ${worst.object}: ${worst.difference}`.slice(0, progressMax));
  return ok({ drift: damage.value });
}

/** The end of one that somebody is deleting is waited for: what runs in it has gone then. */
async function withoutNamespace(deps: ClusterDeps, context: JobContext): Promise<Result<Done | undefined, Stop>> {
  const place = placeOf(context.job);
  const stands = await mendNamespace(deps.kube, place, deps.access, untilOf(deps, context));
  if (!stands.ok) return stands;
  // Somebody has made it meanwhile.
  if (stands.value) return suspend(deps, context);
  const unbound = await removeBinding(deps.kube, context.job.job);
  const difference = 'the namespace is not there: nothing runs, and none is made until it is to run again';
  context.say('warn', `Namespace/${place.name}: ${difference}`);
  const drift = [entry(`Namespace/${place.name}`, 'missing', difference)];
  return ok({ drift: unbound.ok ? drift : [...drift, entryOf('ClusterRoleBinding', unbound.error)] });
}

type Step = { object: string; run: () => Promise<Result<unknown, Stop>> };

/** Each step by itself: what one cannot do does not keep another from being done. */
async function align(deps: ClusterDeps, context: JobContext): Promise<Result<DriftEntry[], Stop>> {
  const { job } = context;
  const place = placeOf(job);
  const workUntil = releaseUntil(deps.now(), context.deadlines.workUntil);
  const until = { ...untilOf(deps, context), workUntil };
  const on = releaseOf(deps, context, workUntil);
  const steps: Step[] = [
    {
      object: `Namespace/${place.name}`,
      // Somebody may have begun to delete it since.
      run: () => (job.values.metering ? ensureNamespace : mendNamespace)(deps.kube, place, deps.access, until),
    },
    { object: 'PersistentVolumeClaim', run: () => data(deps, context) },
    { object: 'Secret/instance-licence', run: () => putLicence(deps.kube, place, job.licence) },
    { object: 'Secret/instance-postgres', run: () => password(deps, context) },
    { object: 'Secrets', run: () => ensureInnerPasswords(deps.kube, place, job.values, deps.random) },
    ...reportersOf(job).map((reporter) => ({
      object: `Secret/${reporter.secret}`,
      run: () => registerKey(deps, context, reporter),
    })),
    { object: `Release/${on.release}`, run: () => layDown(deps, context, on) },
  ];
  context.progress(20, 'suspending the release');
  const damage: DriftEntry[] = [];
  for (const { object, run } of steps) {
    if (context.signal.aborted) return err(lost);
    const done = await run();
    if (done.ok) continue;
    if (done.error.kind === 'lost') return err(done.error);
    damage.push(entryOf(object, done.error));
  }
  return ok(damage);
}

async function data(deps: ClusterDeps, { job }: JobContext): Promise<Result<void, Stop>> {
  if (!job.expects_data) return ok(undefined);
  const database = await databaseOf(deps.kube, placeOf(job));
  return database.ok ? requireData(database.value, placeOf(job), job.claim_uid) : database;
}

async function password(deps: ClusterDeps, { job }: JobContext): Promise<Result<void, Stop>> {
  const database = await databaseOf(deps.kube, placeOf(job));
  return database.ok ? ensurePassword(deps.kube, placeOf(job), database.value, deps.random) : database;
}

/** The release with the suspension's values. A revision that was left half-done is only unlocked: it is not laid down. */
async function layDown(deps: ClusterDeps, context: JobContext, on: ReleaseContext): Promise<Result<void, Stop>> {
  const { job } = context;
  const text = toValuesText(finalValues(job.values, job.phase, deps.baseDomain));
  for (let killed = 0; ; killed += 1) {
    const revisions = await history(on);
    if (!revisions.ok) return revisions;
    const pending = pendingRevision(revisions.value);
    const free =
      pending === null
        ? await recover(on, revisions.value)
        : await unlock(deps.kube, placeOf(job), on.release, pending);
    if (!free.ok) return free;
    if (pending !== null) deps.log.info({ job: job.job.id, recovery: 'unlock' }, 'unlocked a half-done release');
    if (killed === 0) await makeWay(deps, context, on, revisions.value);
    const done = await upgrade(on, deps.chart, text, revisions.value, 'stop');
    const again = !done.ok && done.error.kind === 'failed' && done.error.code === 'helm_killed';
    if (!again || killed >= killedRunsMax) return done;
    deps.log.warn({ job: job.job.id }, 'helm was killed; starting it again');
  }
}
