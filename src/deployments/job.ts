/**
 * The rules of a job: how long a run may take, when it is tried again, when it is given up (spec §6).
 * States: waiting → active → completed | failed; active → waiting when a run failed and another is due, or when its lease
 * ran out; failed → waiting when a person retries it, or by itself after a long pause.
 */
import type { JobEvent, JobState } from '../contracts/jobs.ts';
import { dayMs, hourMs, minuteMs } from '../lib/time.ts';

/** A lease that ran out is not a failed run, but a job that loses this many leases is given up. */
export const lostLeasesMax = 10;

/** After trouble of the cluster a job waits like this, without an end: what is up again is found again. */
export const clusterPauses = { baseMs: 5000, maxMs: 15 * minuteMs };

/** What was given up is looked at again like this, for ever: once an hour, later once a day. */
export const lookPauses = { baseMs: hourMs, maxMs: dayMs };

/** A job of a customer who does not pay (yet) waits this much longer than one of a customer who does, ms. */
export const unpaidWaitMs = 10 * minuteMs;

/** The lease outlives everything that a run may have started by this much. */
export const leaseMarginMs = minuteMs;

/** How long one run of Helm may take, ms; a plan with larger stacks has a factor (src/pricing/plan.ts). */
export const timeoutOf = (factor: number, baseMs: number): number => factor * baseMs;

/** What is to be seen of a job at an instant: a lease that ran out waits again, one that waits for its time is delayed. */
export function visibleState(
  job: { state: 'waiting' | 'active' | 'completed' | 'failed'; leaseUntil: number | null; runAfter: number },
  now: number,
): JobState {
  if (job.state === 'active') return (job.leaseUntil ?? 0) > now ? 'active' : 'waiting';
  if (job.state === 'waiting' && job.runAfter > now) return 'delayed';
  return job.state;
}

/** How many runs of a job have begun, the one that is under way included; it never falls while the job goes on. */
export const attemptsOf = (job: {
  state: 'waiting' | 'active' | 'completed' | 'failed';
  failedRuns: number;
  lostLeases: number;
  clusterFailures: number;
}): number =>
  job.failedRuns + job.lostLeases + job.clusterFailures + (job.state === 'active' || job.state === 'completed' ? 1 : 0);

/** What a removed job and its deployment say. */
export const removedReason = 'a person removed the job that would have brought the deployment to what is wanted';

/** What jobs that failed alike have in common: the code, and the reason of the first event. */
export function causeOf({ code, events }: { code: string; events: readonly Pick<JobEvent, 'reason'>[] }): string {
  const reason = events[0]?.reason ?? '';
  return reason === '' ? code : `${code}: ${reason}`;
}

/** When a job is looked at again by itself after it was given up, ms. */
export const nextLookAt = (job: { finishedAt: number; looks: number }): number =>
  job.finishedAt + Math.min(lookPauses.baseMs * 2 ** Math.min(job.looks, 10), lookPauses.maxMs);

/** What of a job's time was waiting and what was runs, ms; `ran` is null before the first run. */
export function timingsOf(
  job: {
    state: JobState;
    createdAt: number;
    startedAt: number | null;
    finishedAt: number | null;
    runStartedAt: number | null;
    ranMs: number;
  },
  now: number,
): { waited: number; ran: number | null } {
  const waited = (job.startedAt ?? job.finishedAt ?? now) - job.createdAt;
  if (job.startedAt === null) return { waited, ran: null };
  const running = job.state === 'active' ? Math.max(0, now - (job.runStartedAt ?? now)) : 0;
  return { waited, ran: job.ranMs + running };
}
