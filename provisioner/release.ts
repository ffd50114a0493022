/**
 * One customer's Helm release: its history, getting it out of `pending-*`, upgrade, uninstall. Owns the commands and what
 * their results mean; never two at once for a release, which is the lease's promise and not ours.
 */
import { z } from 'zod';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { failureOf, lastWords } from './classify.ts';
import type { Monotonic } from './clock.ts';
import { helmChangeMinMs, helmReadMinMs, upgradeUntil, waitSeconds } from './deadline.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import type { Helm, HelmRun, RunLimits } from './helm.ts';
import { lastDeployed, parseHistory, planRecovery, type Revision } from './recovery.ts';

export type ReleaseContext = {
  helm: Helm;
  release: string;
  namespace: string;
  /** Helm applies on the server (Helm 4): it then refuses what somebody else has changed, unless it is told to force. */
  serverSide: boolean;
  now: Monotonic;
  workUntil: number;
  signal: AbortSignal;
  /** Events of what is not ready, asked for after a run that failed. */
  explain: () => Promise<JobEvent[]>;
};

/** What is installed: a chart's folder, and a file of the operator's own values, which ours are laid over. */
export type Chart = { path: string; valuesFile: string | undefined };

/**
 * What a revision is for. `run`: waits, and goes back to what ran when it fails. `stop`: the pods are stopped beside it
 * (suspend.ts), so it waits for nothing, runs no hook, and never goes back, which would start what must not run.
 */
export type Aim = 'run' | 'stop';

/** Revisions that Helm keeps. */
const historyMax = 10;

const limitsOf = (on: ReleaseContext, minMs: number, workUntil = on.workUntil): RunLimits => ({
  workUntil,
  minMs,
  signal: on.signal,
});
/** Of a run whose objects are asked why they are not ready. */
const explained = new Set<HelmRun['kind']>(['exited', 'timed_out', 'given_up']);
const scope = (on: ReleaseContext): string[] => ['--namespace', on.namespace];
/**
 * What somebody changed by hand never stands in the way. Said outright: by default Helm 4 applies as the release was last
 * applied, and one that Helm 3 made would have it merge on our side, where forcing is refused.
 */
const overwriting = (on: ReleaseContext): string[] =>
  on.serverSide ? ['--server-side=true', '--force-conflicts'] : [];

/** The failure of a run, with the events of the objects it left unready. */
async function stopped(on: ReleaseContext, run: HelmRun, doing: string): Promise<{ ok: false; error: Stop }> {
  if (run.kind === 'aborted') return err(lost);
  return failureOf(run, doing, explained.has(run.kind) ? await on.explain() : []);
}

type Succeeded = Extract<HelmRun, { kind: 'exited' }> & { code: 0 };
const succeeded = (run: HelmRun): run is Succeeded => run.kind === 'exited' && run.code === 0;

/** The release's revisions, oldest first; none when the release was never installed. */
export async function history(on: ReleaseContext): Promise<Result<Revision[], Stop>> {
  const run = await on.helm(
    () => ['history', ...scope(on), '--max', String(historyMax), '-o', 'json', '--', on.release],
    limitsOf(on, helmReadMinMs),
  );
  if (run.kind === 'aborted') return err(lost);
  if (run.kind === 'exited' && run.code !== 0 && /release: not found/.test(run.stderr)) return ok([]);
  if (!succeeded(run)) return failureOf(run, 'helm history', []);
  const parsed = parseHistory(run.stdout);
  return parsed.ok ? parsed : failed('helm_failed', parsed.error);
}

/** Brings a release that a killed helm left half-done to where an upgrade may start. Answers what it did, for the log. */
export async function recover(
  on: ReleaseContext,
  revisions: Revision[],
): Promise<Result<'none' | 'uninstall' | 'rollback', Stop>> {
  const plan = planRecovery(revisions);
  switch (plan.kind) {
    case 'none':
      return ok('none');
    case 'uninstall': {
      const gone = await uninstall(on);
      return gone.ok ? ok('uninstall') : gone;
    }
    case 'rollback': {
      const laid = await rollback(on, plan.to);
      return laid.ok ? ok('rollback') : laid;
    }
  }
}

/**
 * Without `--wait` and hooks: it only has to lay down what ran before; whether that is ready is the next upgrade's question,
 * and a hook that fails must not stop the roll-back.
 */
async function rollback(on: ReleaseContext, to: number): Promise<Result<void, Stop>> {
  const run = await on.helm(
    (seconds) => [
      'rollback',
      ...scope(on),
      ...overwriting(on),
      '--no-hooks',
      '--timeout',
      `${waitSeconds(seconds)}s`,
      '--',
      on.release,
      String(to),
    ],
    limitsOf(on, helmChangeMinMs),
  );
  return succeeded(run) ? ok(undefined) : stopped(on, run, 'helm rollback');
}

/**
 * Removes the release and waits for its objects; one that is not there is success. Helm's wait can lose sight of an object
 * that is just going ("completed with 1 error(s)"): when the release is gone from the history, it was removed.
 */
export async function uninstall(on: ReleaseContext): Promise<Result<void, Stop>> {
  const run = await on.helm(
    (seconds) => [
      'uninstall',
      ...scope(on),
      '--ignore-not-found',
      '--wait',
      '--cascade',
      'foreground',
      '--timeout',
      `${waitSeconds(seconds)}s`,
      '--',
      on.release,
    ],
    limitsOf(on, helmChangeMinMs),
  );
  if (succeeded(run)) return ok(undefined);
  if (run.kind === 'exited' && run.stderr.includes('uninstallation completed with')) {
    const left = await history(on);
    if (left.ok && left.value.length === 0) return ok(undefined);
  }
  return stopped(on, run, 'helm uninstall');
}

/**
 * Installs or upgrades; to run, it waits until everything is as it should be. An upgrade that fails, or that its kill timer
 * ends, is rolled back to what ran before, after its objects have been asked why: Helm's own `--rollback-on-failure` would
 * delete the objects that show why, and does nothing when helm is killed. A failed first install stays as it is, and so does
 * a failed resumption, before which nothing ran: the next run upgrades it, and what is only slow may become ready
 * meanwhile. An object of the chart's that somebody made by hand becomes the release's.
 * @param values ours, as text
 * @param giveUp raised by who watches the objects, where waiting mends nothing: helm is ended, as if its time were up
 */
export async function upgrade(
  on: ReleaseContext,
  chart: Chart,
  values: string,
  before: Revision[],
  aim: Aim,
  giveUp?: AbortSignal,
): Promise<Result<void, Stop>> {
  const back = aim === 'run' ? lastDeployed(before) : null;
  const run = await on.helm(
    (seconds) => [
      'upgrade',
      '--install',
      ...scope(on),
      ...overwriting(on),
      '--take-ownership',
      ...(chart.valuesFile === undefined ? [] : ['--values', listItem(chart.valuesFile)]),
      '--values',
      '-',
      aim === 'run' ? '--wait' : '--no-hooks',
      '--timeout',
      `${waitSeconds(seconds)}s`,
      '--history-max',
      String(historyMax),
      '--hide-notes',
      '--',
      on.release,
      chart.path,
    ],
    {
      ...limitsOf(on, helmChangeMinMs, back === null ? on.workUntil : upgradeUntil(on.now(), on.workUntil)),
      ...(giveUp ? { giveUp } : {}),
    },
    values,
  );
  if (succeeded(run)) return ok(undefined);
  const failure = await stopped(on, run, 'helm upgrade');
  const began = explained.has(run.kind) || run.kind === 'killed';
  return back !== null && began ? rolledBack(on, failure.error, before, back) : failure;
}

/** Lays down what ran before an upgrade that failed with `failure`, unless nothing ran, or the upgrade never wrote anything. */
async function rolledBack(on: ReleaseContext, failure: Stop, before: Revision[], back: number) {
  const after = await history(on);
  // Refused before it wrote anything (schema, templates, no cluster): what runs is still what ran.
  if (after.ok && after.value.at(-1)?.revision === before.at(-1)?.revision) return err(failure);
  if (await isStopped(on, back)) return err(failure);
  const undone = await rollback(on, back);
  return undone.ok || undone.error.kind === 'lost' ? err(failure) : alsoNotUndone(failure, undone.error);
}

/** Of a revision's values, what says whether it runs. */
const ofSuspension = z.looseObject({ suspended: z.literal(true) });

/** Whether a revision is a suspension's, by its values; not where they cannot be read. */
export async function isStopped(on: ReleaseContext, revision: number): Promise<boolean> {
  const run = await on.helm(
    () => ['get', 'values', ...scope(on), '--revision', String(revision), '-o', 'json', '--', on.release],
    limitsOf(on, helmReadMinMs),
  );
  if (!succeeded(run)) return false;
  try {
    return ofSuspension.safeParse(JSON.parse(run.stdout)).success;
  } catch {
    return false;
  }
}

/** The objects of a revision, as the YAML that Helm applied. */
export async function manifestOf(on: ReleaseContext, revision: number): Promise<Result<string, Stop>> {
  const run = await on.helm(
    () => ['get', 'manifest', ...scope(on), '--revision', String(revision), '--', on.release],
    limitsOf(on, helmReadMinMs),
  );
  if (run.kind === 'aborted') return err(lost);
  return succeeded(run) ? ok(run.stdout) : failureOf(run, 'helm get manifest', []);
}

/** One path as Helm's `--values` takes it: that is a comma-separated list, with quotes as in CSV. */
export const listItem = (path: string): string => `"${path.replaceAll('"', '""')}"`;

function alsoNotUndone(first: Stop, second: Failure): { ok: false; error: Stop } {
  if (first.kind === 'lost') return err(first);
  return err({ ...first, message: `${first.message}. Rolling back failed too: ${second.message}` });
}

/** The version of the helm at hand, e.g. `v4.3.1`. */
export async function version(helm: Helm, limits: RunLimits): Promise<Result<string, Failure>> {
  const run = await helm(() => ['version', '--template', '{{.Version}}'], limits);
  if (run.kind === 'aborted') return failed('internal', 'stopped');
  return succeeded(run) ? ok(run.stdout.trim()) : failureOf(run, 'helm version', []);
}

/** Whether a helm of this version applies on the server and forces conflicts when told: Helm 4 and newer. */
export const appliesOnServer = (text: string): boolean => Number(/^v?(\d+)/.exec(text)?.[1] ?? 0) >= 4;

/** Whether there is a chart at the path that Helm can read; the error is Helm's line. */
export async function checkChart(helm: Helm, chart: string, limits: RunLimits): Promise<Result<void, string>> {
  const run = await helm(() => ['show', 'chart', '--', chart], limits);
  if (succeeded(run)) return ok(undefined);
  return err(run.kind === 'exited' ? lastWords(run.stderr) : run.kind);
}
