/**
 * What Prometheus reads of the process (docs/provisioner.md). Owns names, labels and buckets. Every label's values are a
 * closed list of ours: no customer, namespace, job or text of somebody else is one, and no secret can be.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type DriftEntry, type LeasedJob, verb } from '../src/contracts/jobs.ts';
import { secondMs } from '../src/lib/time.ts';
import type { Claim } from './control-plane.ts';
import { type FailureCode, retryable, scopeOf } from './failure.ts';
import { type JobReport, jobEnds } from './run-job.ts';
import { dependencies, type VitalSigns } from './vital-signs.ts';

/** From a comparison to the longest job that may be configured. */
const bucketsSeconds = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
const driftKinds = ['missing', 'changed', 'unexpected'] as const;

const name = (of: string) => `tenantry_provisioner_${of}`;

export interface Metrics {
  /** Runs the job, and counts it while it runs and as what it ended. */
  counted(claim: Claim, run: () => Promise<JobReport>): Promise<JobReport>;
  text(): Promise<string>;
  contentType: string;
}

/** @param slots jobs at once */
export function metricsOf(signs: VitalSigns, slots: number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  observe([registry], signs, slots);
  const jobs = jobMetrics([registry]);
  return {
    async counted({ job }, run) {
      jobs.running.inc();
      try {
        const report = await run();
        jobs.ended(job, report);
        return report;
      } finally {
        jobs.running.dec();
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function jobMetrics(registers: Registry[]) {
  const running = new Gauge({ name: name('jobs_running'), help: 'Jobs that run now', registers });
  const ended = new Counter({
    name: name('jobs_total'),
    help: 'Runs of jobs that have ended, by how',
    labelNames: ['verb', 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: name('job_failures_total'),
    help: 'Runs of jobs that have failed, by why, and by whose trouble it was',
    labelNames: ['code', 'scope'],
    registers,
  });
  const durations = new Histogram({
    name: name('job_duration_seconds'),
    help: 'From asking for a job to the end of its work, by verb',
    labelNames: ['verb'],
    buckets: bucketsSeconds,
    registers,
  });
  const checks = new Counter({
    name: name('drift_checks_total'),
    help: 'Comparisons of what lives with the release, by what they found',
    labelNames: ['result'],
    registers,
  });
  const differences = new Counter({
    name: name('drift_entries_total'),
    help: 'Differences that comparisons have found, by kind',
    labelNames: ['kind'],
    registers,
  });
  // From zero, so that the first of a kind is an increase and not a new series.
  for (const of of verb.options) for (const outcome of jobEnds) ended.inc({ verb: of, outcome }, 0);
  for (const code of Object.keys(retryable) as FailureCode[]) failures.inc({ code, scope: scopeOf(code) }, 0);
  for (const result of ['none', 'found', 'unknown']) checks.inc({ result }, 0);
  for (const kind of driftKinds) differences.inc({ kind }, 0);
  return {
    running,
    ended({ action, job: { verb: of } }: LeasedJob, { end, code, drift, workMs }: JobReport): void {
      ended.inc({ verb: of, outcome: end });
      durations.observe({ verb: of }, workMs / secondMs);
      if (code !== null) failures.inc({ code, scope: scopeOf(code) });
      if (action !== 'drift') return;
      checks.inc({ result: resultOf(drift) });
      for (const { kind } of drift ?? []) differences.inc({ kind });
    },
  };
}

/** `unknown`: the comparison itself failed. */
function resultOf(drift: DriftEntry[] | null): 'none' | 'found' | 'unknown' {
  if (drift === null) return 'unknown';
  return drift.length === 0 ? 'none' : 'found';
}

/** What is asked when somebody reads. */
function observe(registers: Registry[], signs: VitalSigns, slots: number): void {
  new Gauge({ name: name('job_slots'), help: 'Jobs that may run at once', registers }).set(slots);
  new Gauge({
    name: name('dependency_up'),
    help: '1 while the control plane, the cluster or the doorbell queue answers',
    labelNames: ['dependency'],
    registers,
    collect() {
      for (const dependency of dependencies) this.set({ dependency }, signs.reach(dependency).up ? 1 : 0);
    },
  });
  new Gauge({
    name: name('dependency_answered_timestamp_seconds'),
    help: 'When each last answered: the queue, its last pull; nothing before its first answer',
    labelNames: ['dependency'],
    registers,
    collect() {
      for (const dependency of dependencies) {
        const ago = signs.reach(dependency).answeredMsAgo;
        if (ago !== null) this.set({ dependency }, (Date.now() - ago) / secondMs);
      }
    },
  });
}
