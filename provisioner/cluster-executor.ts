/**
 * Carries out a job on a real cluster: namespace, Secrets, reporters' keys, Helm, in this order, each step repeatable. Owns
 * the order and the story; each step's rules are in its own file.
 */

import { err, ok, type Result } from '../src/lib/result.ts';
import { claimUidOf, type Database, databaseOf, letGo, requireData } from './claims.ts';
import { type ClusterDeps, placeOf, releaseOf, untilOf } from './cluster-deps.ts';
import { findDrift } from './drift.ts';
import type { Done, Executor, JobContext } from './executor.ts';
import { failed, lost, type Stop } from './failure.ts';
import { makeWay } from './hand-edits.ts';
import { call } from './kube.ts';
import { deleteNamespace, ensureNamespace, enterOwn, type Own } from './namespace.ts';
import { removeBinding } from './opencost-binding.ts';
import { kindsOf } from './optional-kinds.ts';
import type { Place } from './place.ts';
import { reopen } from './pods.ts';
import { lastDeployed, pendingRevision, type Revision } from './recovery.ts';
import { history, isStopped, type ReleaseContext, recover, uninstall, upgrade } from './release.ts';
import { registerKeys } from './reporter-key.ts';
import { ensureInnerPasswords, ensurePassword, putLicence } from './secrets.ts';
import { suspend } from './suspend.ts';
import { unlock } from './unlock.ts';
import { clearUnprovisioned } from './unprovisioned.ts';
import { finalValues, toValuesText } from './values.ts';
import { valuesWatch } from './values-check.ts';
import { watchPods } from './watch-pods.ts';
import { startAgain } from './workloads.ts';

/** How long an answer of the cluster counts as "it is there". */
const readyForMs = 5_000;
/** A helm that was killed by something else than its timer is started again, so often, while time remains. */
const killedRunsMax = 2;

export function clusterExecutor(deps: ClusterDeps): Executor {
  let readyAt = Number.NEGATIVE_INFINITY;
  const values = valuesWatch(deps.helm, deps.chart, deps.now, () => kindsOf(deps.kube));
  return {
    async run(context) {
      const { action, phase } = context.job;
      if (action === 'drift') return findDrift(deps, context);
      switch (phase) {
        case 'deleted':
          return nothingToSay(await remove(deps, context));
        case 'suspended':
          return suspend(deps, context);
        case 'running':
          return start(deps, context, values);
      }
    },
    async ready() {
      if (deps.now() - readyAt < readyForMs) return ok(undefined);
      // A read that goes through authentication and to the store, as everything that we do there.
      const answer = await call(deps.kube.core.readNamespace({ name: 'kube-system' }));
      if (!answer.ok) return err(answer.error.message);
      readyAt = deps.now();
      return ok(undefined);
    },
  };
}

const nothingToSay = (done: Result<void, Stop>): Result<undefined, Stop> => (done.ok ? ok(undefined) : done);

/** A values file that was mistyped meanwhile is no customer's fault; a suspension does not even ask. */
async function start(
  deps: ClusterDeps,
  context: JobContext,
  values: () => Promise<Result<void, string>>,
): Promise<Result<Done, Stop>> {
  const taken = await values();
  return taken.ok ? reconcile(deps, context) : failed('values_invalid', taken.error);
}

async function reconcile(deps: ClusterDeps, context: JobContext): Promise<Result<Done, Stop>> {
  context.progress(5, 'namespace');
  const place = placeOf(context.job);
  const on = releaseOf(deps, context);
  const own = await enterOwn(deps.kube, place, deps.access, untilOf(deps, context));
  if (!own.ok) return own;
  const data = await readData(deps, context, place, own.value);
  if (!data.ok) return data;
  const found = await ensureNamespace(deps.kube, place, deps.access, untilOf(deps, context));
  if (!found.ok) return found;
  // A namespace that we have just made holds no release: asking Helm would only cost time.
  const revisions = found.value.created ? ok([]) : await history(on);
  if (!revisions.ok) return revisions;
  const prepared = await prepareSecrets(deps, context, place);
  if (!prepared.ok) return prepared;
  const open = found.value.created ? ok(undefined) : await reopen(deps.kube, place);
  if (!open.ok) return open;
  const cleared = found.value.created ? ok(undefined) : await clear(deps, context, place);
  if (!cleared.ok) return cleared;
  const installed = await install(deps, context, on, revisions.value);
  if (!installed.ok) return installed;
  if (!found.value.created) await goOn(deps, context, place);
  // Once more: whoever deleted the claim meanwhile has had an empty one made.
  const kept = await readData(deps, context, place);
  if (!kept.ok) return kept;
  const claimUid = claimUidOf(kept.value, context.job.claim_uid);
  return ok(claimUid === null ? {} : { claimUid });
}

/** What is there of the database; a failure where its data is expected and is not there. */
async function readData(
  deps: ClusterDeps,
  { job }: JobContext,
  place: Place,
  own: Own = 'entered',
): Promise<Result<Database, Stop>> {
  const database = await databaseOf(deps.kube, place, own);
  if (!database.ok || !job.expects_data) return database;
  const stands = requireData(database.value, place, job.claim_uid);
  return stands.ok ? database : stands;
}

/** Claims of a storage class that was missing are made anew, with the class that is wanted now. */
async function clear(deps: ClusterDeps, context: JobContext, place: Place): Promise<Result<void, Stop>> {
  const cleared = await clearUnprovisioned(deps.kube, place, untilOf(deps, context));
  if (!cleared.ok) return cleared;
  for (const name of cleared.value)
    context.say('warn', `PersistentVolumeClaim/${name} had no storage class and no volume; it is made anew`);
  return ok(undefined);
}

/** What the release does not start itself; that some of it does not start keeps no customer from running. */
async function goOn(deps: ClusterDeps, context: JobContext, place: Place): Promise<void> {
  const { started, refused } = await startAgain(deps.kube, place);
  const log = deps.log.child({ job: context.job.job.id });
  if (started.length > 0) log.info({ started }, 'started again what a suspension had stopped');
  for (const object of started) context.say('info', `started again after a suspension: ${object}`);
  for (const { object, message } of refused) {
    log.warn({ object, message }, 'cannot be looked at or started again');
    context.say('warn', `${object} cannot be looked at or started again: ${message}`);
  }
}

async function prepareSecrets(deps: ClusterDeps, context: JobContext, place: Place) {
  context.progress(15, 'secrets');
  if (context.signal.aborted) return err(lost);
  // Asked now: whoever deleted the namespace that was there has taken the claim with it.
  const database = context.job.expects_data
    ? await readData(deps, context, place)
    : await letGo(deps.kube, place, untilOf(deps, context));
  if (!database.ok) return database;
  const password = await ensurePassword(deps.kube, place, database.value, deps.random);
  if (!password.ok) return password;
  const inner = await ensureInnerPasswords(deps.kube, place, context.job.values, deps.random);
  if (!inner.ok) return inner;
  const licence = await putLicence(deps.kube, place, context.job.licence);
  if (!licence.ok) return licence;
  return await registerKeys(deps, context);
}

/** Recovers, upgrades and watches; starts over when helm was killed from outside with time left. */
async function install(
  deps: ClusterDeps,
  context: JobContext,
  on: ReleaseContext,
  found: Revision[],
): Promise<Result<void, Stop>> {
  const text = toValuesText(finalValues(context.job.values, context.job.phase, deps.baseDomain));
  let revisions = found;
  for (let killed = 0; ; killed += 1) {
    const clean = await cleanRelease(deps, context, on, revisions);
    if (!clean.ok) return clean;
    if (killed === 0) await makeWay(deps, context, on, clean.value);
    context.progress(30, 'installing');
    const ended = new AbortController();
    const hopeless = new AbortController();
    const watched = watchPods(deps, context, { ended: ended.signal, giveUp: () => hopeless.abort() });
    const begun = deps.now();
    const done = await upgrade(on, deps.chart, text, clean.value, 'run', hopeless.signal);
    ended.abort();
    const times = { lease_to_helm_ms: begun - context.claimedAt, helm_ms: deps.now() - begun };
    deps.log.info({ job: context.job.job.id, ...rounded(times) }, 'helm upgrade ended');
    await watched;
    const again =
      !done.ok && done.error.kind === 'failed' && done.error.code === 'helm_killed' && killed < killedRunsMax;
    if (!again) return done;
    deps.log.warn({ job: context.job.job.id }, 'helm was killed; starting it again');
    context.say('warn', 'helm was killed; starting it again');
    const now = await history(on);
    if (!now.ok) return now;
    revisions = now.value;
  }
}

const rounded = (times: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms)]));

/**
 * Gets a release out of `pending-*`; answers the history that an upgrade starts from. Where nothing ran before, going back would stop what a
 * resumption has started: the mark alone is taken off.
 */
async function cleanRelease(deps: ClusterDeps, context: JobContext, on: ReleaseContext, revisions: Revision[]) {
  const [pending, ran] = [pendingRevision(revisions), lastDeployed(revisions)];
  const isOfResumption = pending !== null && ran !== null && (await isStopped(on, ran));
  const recovered = isOfResumption
    ? await unlock(deps.kube, placeOf(context.job), on.release, pending)
    : await recover(on, revisions);
  if (!recovered.ok) return recovered;
  const recovery = recovered.value ?? 'unlock';
  if (recovery === 'none') return ok(revisions);
  deps.log.info({ job: context.job.job.id, recovery }, 'recovered a release that was left half-done');
  context.say('warn', `recovered a release that was left half-done: ${recovery}`);
  return history(on);
}

/** One-way: the release, then the namespace with all data, and what of the release is in none. What is not there is done. */
async function remove(deps: ClusterDeps, context: JobContext): Promise<Result<void, Stop>> {
  context.progress(10, 'removing');
  const place = placeOf(context.job);
  const own = await enterOwn(deps.kube, place, deps.access, untilOf(deps, context));
  if (!own.ok) return own;
  if (own.value !== 'absent') {
    const uninstalled = await uninstall(releaseOf(deps, context));
    // Of one that is being deleted, and has taken our rights along, Helm finds no record, which is none to remove.
    if (!uninstalled.ok) return uninstalled;
    context.progress(60, 'deleting the namespace');
    const gone = await deleteNamespace(deps.kube, place, untilOf(deps, context));
    if (!gone.ok) return gone;
  }
  return removeBinding(deps.kube, context.job.job);
}
