/**
 * Carries out a job on a real cluster: namespace, Secrets, reporter key, Helm, in this order, each step repeatable. Owns
 * the order and the story; each step's rules are in its own file.
 */

import type { Logger } from 'pino';
import type { ChartValues, LeasedJob } from '../src/contracts/jobs.ts';
import type { Random } from '../src/lib/ids.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type Monotonic, sleep } from './clock.ts';
import type { Executor, JobContext } from './executor.ts';
import { lost, type Stop } from './failure.ts';
import type { Helm } from './helm.ts';
import { call, type Kube } from './kube.ts';
import { deleteNamespace, ensureNamespace, findOwn, type Place, type Until } from './namespace.ts';
import { podsReady, snapshot, whyNotReady } from './not-ready.ts';
import { lastDeployed, type Revision } from './recovery.ts';
import { type Aim, type Chart, history, type ReleaseContext, recover, uninstall, upgrade } from './release.ts';
import { ensurePassword, ensureReporterKey, putLicence } from './secrets.ts';
import { finalValues, toValuesText } from './values.ts';

export type ClusterDeps = {
  kube: Kube;
  helm: Helm;
  chart: Chart;
  baseDomain: string | undefined;
  now: Monotonic;
  random: Random;
  log: Logger;
};

/** How often people hear how many pods are ready while helm waits; also how soon a lost lease is noticed. */
const watchEveryMs = 3_000;
/** How long an answer of the cluster counts as "it is there". */
const readyForMs = 5_000;
/** A helm that was killed by something else than its timer is started again, so often, while time remains. */
const killedRunsMax = 2;

export function clusterExecutor(deps: ClusterDeps): Executor {
  let readyAt = Number.NEGATIVE_INFINITY;
  return {
    async run(context) {
      const { job } = context;
      return job.phase === 'deleted' ? remove(deps, context) : reconcile(deps, context);
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

const placeOf = (job: LeasedJob): Place => ({ name: job.job.namespace, customerId: job.job.customer_id });
const untilOf = (deps: ClusterDeps, context: JobContext): Until => ({
  workUntil: context.deadlines.workUntil,
  now: deps.now,
  signal: context.signal,
});
const releaseOf = (deps: ClusterDeps, context: JobContext): ReleaseContext => ({
  helm: deps.helm,
  release: context.job.job.release,
  namespace: context.job.job.namespace,
  workUntil: context.deadlines.workUntil,
  signal: context.signal,
  explain: async () => whyNotReady(await snapshot(deps.kube, context.job.job.namespace)),
});

async function reconcile(deps: ClusterDeps, context: JobContext): Promise<Result<void, Stop>> {
  context.progress(5, 'namespace');
  const place = placeOf(context.job);
  const on = releaseOf(deps, context);
  const found = await ensureNamespace(deps.kube, place, untilOf(deps, context));
  if (!found.ok) return found;
  // A namespace that we have just made holds no release: asking Helm would only cost time.
  const revisions = found.value.created ? ok([]) : await history(on);
  if (!revisions.ok) return revisions;
  const prepared = await prepareSecrets(deps, context, place, lastDeployed(revisions.value) !== null);
  if (!prepared.ok) return prepared;
  return install(deps, context, on, revisions.value);
}

async function prepareSecrets(deps: ClusterDeps, context: JobContext, place: Place, hasRun: boolean) {
  context.progress(15, 'secrets');
  if (context.signal.aborted) return err(lost);
  const licence = await putLicence(deps.kube, place, context.job.licence);
  if (!licence.ok) return licence;
  const password = await ensurePassword(deps.kube, place, hasRun, deps.random);
  if (!password.ok) return password;
  const key = await ensureReporterKey(deps.kube, place, context.job.reporter_id, deps.random);
  return key.ok ? context.registerReporter(key.value) : key;
}

/** Recovers, upgrades and watches; starts over when helm was killed from outside with time left. */
async function install(
  deps: ClusterDeps,
  context: JobContext,
  on: ReleaseContext,
  found: Revision[],
): Promise<Result<void, Stop>> {
  const values = finalValues(context.job.values, context.job.phase, deps.baseDomain);
  const text = toValuesText(values);
  const aim = aimOf(values);
  let revisions = found;
  for (let killed = 0; ; killed += 1) {
    const clean = await cleanRelease(deps, context, on, revisions, aim);
    if (!clean.ok) return clean;
    context.progress(30, context.job.phase === 'suspended' ? 'suspending' : 'installing');
    const ended = new AbortController();
    const watched = watch(deps, context, ended.signal);
    const begun = deps.now();
    const done = await upgrade(on, deps.chart, text, clean.value, aim);
    ended.abort();
    const times = { lease_to_helm_ms: begun - context.claimedAt, helm_ms: deps.now() - begun };
    deps.log.info({ job: context.job.job.id, ...rounded(times) }, 'helm upgrade ended');
    await watched;
    const again =
      !done.ok && done.error.kind === 'failed' && done.error.code === 'helm_killed' && killed < killedRunsMax;
    if (!again) return done;
    deps.log.warn({ job: context.job.job.id }, 'helm was killed; starting it again');
    const now = await history(on);
    if (!now.ok) return now;
    revisions = now.value;
  }
}

const aimOf = ({ suspended, metering }: ChartValues): Aim => (suspended ? (metering ? 'drain' : 'stop') : 'run');

const rounded = (times: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms)]));

/** Gets a release out of `pending-*`; answers the history that an upgrade starts from. */
async function cleanRelease(
  deps: ClusterDeps,
  context: JobContext,
  on: ReleaseContext,
  revisions: Revision[],
  aim: Aim,
) {
  const recovered = await recover(on, revisions, aim);
  if (!recovered.ok) return recovered;
  if (recovered.value === 'none') return ok(revisions);
  deps.log.info({ job: context.job.job.id, recovery: recovered.value }, 'recovered a release that was left half-done');
  return history(on);
}

/** Reports pods and the first reason while helm waits, until `ended`. */
async function watch(deps: ClusterDeps, context: JobContext, ended: AbortSignal): Promise<void> {
  await sleep(watchEveryMs, ended);
  while (!ended.aborted && !context.signal.aborted) {
    const seen = await snapshot(deps.kube, context.job.job.namespace);
    const { ready, total } = podsReady(seen.pods);
    const [first] = whyNotReady(seen);
    const why = first ? `; ${first.object}: ${first.reason}` : '';
    const share = total === 0 ? 0 : ready / total;
    if (!ended.aborted)
      context.progress(30 + Math.round(60 * share), `${ready} of ${total} pods ready${why}`.slice(0, 500));
    await sleep(watchEveryMs, ended);
  }
}

/** One-way: the release, then the namespace with all data. What is not there is done. */
async function remove(deps: ClusterDeps, context: JobContext): Promise<Result<void, Stop>> {
  context.progress(10, 'removing');
  const place = placeOf(context.job);
  const own = await findOwn(deps.kube, place);
  if (!own.ok) return own;
  if (!own.value) return ok(undefined);
  const uninstalled = await uninstall(releaseOf(deps, context));
  if (!uninstalled.ok) return uninstalled;
  context.progress(60, 'deleting the namespace');
  return deleteNamespace(deps.kube, place, untilOf(deps, context));
}
