/**
 * Carries out jobs without a cluster (SIMULATE_K8S_DEPLOYMENT=true): takes 3 to 5 seconds, then remembers per namespace what
 * should run there, one file each, mode 0600, because it holds the reporters' keys with which an exporter and an application
 * can be run. The file is replaced by a rename, so a kill leaves the old one or the new one.
 */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DriftEntry, Phase } from '../src/contracts/jobs.ts';
import { type SimulatedNamespace, simulatedNamespace } from '../src/contracts/simulated-cluster.ts';
import type { Random } from '../src/lib/ids.ts';
import { newKey, parseKey } from '../src/lib/keys.ts';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type Monotonic, sleep } from './clock.ts';
import { entry } from './drift-entries.ts';
import type { Executor, JobContext } from './executor.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { registerOr } from './reporter-key.ts';
import { type Reporter, reportersOf } from './reporters.ts';

export type SimulatedDeps = {
  folder: string;
  now: Monotonic;
  random: Random;
  /** 0 ≤ x < 1 */
  fraction: () => number;
  /** Shortest and longest time that a job takes, in ms. */
  takesMs?: readonly [number, number];
};

const steps = 5;

export function simulatedExecutor(deps: SimulatedDeps): Executor {
  return {
    async run(context) {
      const worked = await pretend(deps, context);
      if (!worked.ok) return worked;
      const { action, expects_data, phase } = context.job;
      const path = join(deps.folder, `${context.job.job.namespace}.json`);
      const before = await load(path);
      if (!before.ok) return before;
      if (before.value !== null && before.value.customer_id !== context.job.job.customer_id) {
        return failed('namespace_taken', `namespace ${context.job.job.namespace} is another customer's`);
      }
      if (action === 'drift') {
        const drift = driftOf(context, before.value);
        context.say('info', `simulated: ${drift.length} differences`);
        return ok({ drift });
      }
      if (phase === 'deleted') {
        await rm(path, { force: true });
        return ok(undefined);
      }
      if (phase === 'running' && expects_data && before.value === null) {
        return failed('claim_lost', `namespace ${context.job.job.namespace} and its data are gone from the simulation`);
      }
      const remembered = await remember(deps, context, path, before.value);
      if (remembered.ok) context.say('info', `simulated: namespace ${context.job.job.namespace} is ${phase}`);
      return remembered.ok ? ok(undefined) : remembered;
    },
    ready: async () => ok(undefined),
  };
}

async function pretend(deps: SimulatedDeps, context: JobContext): Promise<Result<void, Stop>> {
  const [least, most] = deps.takesMs ?? [3_000, 5_000];
  const totalMs = least + (most - least) * deps.fraction();
  context.say('info', `simulated: no cluster is touched, this takes ${(totalMs / 1000).toFixed(1)} s`);
  for (let step = 1; step <= steps; step += 1) {
    if (context.signal.aborted) return err(lost);
    if (deps.now() > context.deadlines.workUntil) return failed('timeout', 'the simulated deployment ran out of time');
    context.progress(Math.round((90 * step) / steps), `simulated step ${step} of ${steps}`);
    await sleep(totalMs / steps, context.signal);
  }
  return context.signal.aborted ? err(lost) : ok(undefined);
}

/** The simulation holds one thing that can be missing or other than wanted: the namespace with its phase. */
function driftOf({ job }: JobContext, found: SimulatedNamespace | null): DriftEntry[] {
  const object = `Namespace/${job.job.namespace}`;
  if (job.phase === 'deleted') return found ? [entry(object, 'unexpected', 'it is to be deleted')] : [];
  if (!found) return [entry(object, 'missing', 'the namespace is not there')];
  return found.phase === job.phase ? [] : [entry(object, 'changed', `phase: ${found.phase}, wanted ${job.phase}`)];
}

/** Keys are written before their hashes are registered: a kill in between leaves keys that the next run registers. */
async function remember(
  deps: SimulatedDeps,
  context: JobContext,
  path: string,
  before: SimulatedNamespace | null,
): Promise<Result<void, Stop>> {
  const { job, phase, values } = context.job;
  const [exporters, applications] = reportersOf(context.job);
  if (!exporters) return failed('internal', 'the job names no reporter');
  const named = applications ? [exporters, applications] : [exporters];
  const kept = [before?.api_key, before?.application?.api_key];
  const keyOf = ({ id }: Reporter) => kept.find((key) => key && parseKey(key)?.owner === id) ?? newKey(id, deps.random);
  const keys = new Map(named.map((reporter) => [reporter.id, keyOf(reporter)]));
  const keyNow = ({ id }: Reporter): string => keys.get(id) ?? '';
  const runs = runsAfter(before?.runs ?? [], phase, new Date().toISOString());
  const write = () =>
    store(deps.folder, path, {
      customer_id: job.customer_id,
      reporter_id: exporters.id,
      api_key: keyNow(exporters),
      ...(applications ? { application: { reporter_id: applications.id, api_key: keyNow(applications) } } : {}),
      phase,
      metering: values.metering,
      namespace: job.namespace,
      runs,
    });
  const stored = await write();
  if (!stored.ok) return stored;
  for (const reporter of named) {
    const registered = await registerOr(await context.registerReporter(reporter.id, keyNow(reporter)), async () => {
      keys.set(reporter.id, newKey(reporter.id, deps.random));
      const written = await write();
      return written.ok ? await context.registerReporter(reporter.id, keyNow(reporter)) : written;
    });
    if (!registered.ok) return registered;
  }
  return ok(undefined);
}

async function store(folder: string, path: string, state: SimulatedNamespace): Promise<Result<void, Failure>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    await chmod(fresh, 0o600);
    await rename(fresh, path);
  } catch (error) {
    return failed('internal', `SIMULATED_CLUSTER_DIR: ${messageOf(error)}`);
  }
  return ok(undefined);
}

/** A run begins when nothing runs yet, and ends with the phase; what runs goes on through an upgrade. */
function runsAfter(runs: SimulatedNamespace['runs'], phase: Phase, now: string): SimulatedNamespace['runs'] {
  const running = runs.at(-1)?.until === null;
  if (phase === 'running') return running ? runs : [...runs, { from: now, until: null }];
  return runs.map((run) => ({ ...run, until: run.until ?? now }));
}

async function load(path: string): Promise<Result<SimulatedNamespace | null, Failure>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return absent ? ok(null) : failed('internal', `SIMULATED_CLUSTER_DIR: ${messageOf(error)}`);
  }
  try {
    return ok(simulatedNamespace.parse(JSON.parse(text)));
  } catch {
    return failed('internal', `SIMULATED_CLUSTER_DIR: ${path} is not one of ours`);
  }
}
