/**
 * One leased job from claim to reported result. Owns the lease: its deadlines, noticing that it is lost, and telling the
 * API how it ended for as long as that can matter. What is done in between is the executor's.
 */
import type { Logger } from 'pino';
import type { DriftEntry, LeasedJob } from '../src/contracts/jobs.ts';
import { type Backoff, backoffMs } from '../src/lib/backoff.ts';
import { sha256Hex } from '../src/lib/keys.ts';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type Monotonic, sleep } from './clock.ts';
import type { Answer, Claim, ControlPlane } from './control-plane.ts';
import { type Deadlines, deadlinesOf } from './deadline.ts';
import type { Done, Executor, JobContext } from './executor.ts';
import { type FailureCode, failed, lost, type Stop, scopeOf, toWire } from './failure.ts';
import { type JobLog, jobLog } from './job-log.ts';
import { redact } from './redact.ts';

export type RunDeps = {
  api: ControlPlane;
  executor: Executor;
  log: Logger;
  now: Monotonic;
  /** 0 ≤ x < 1 */
  fraction: () => number;
  /** JOB_TIMEOUT_MS, when set. */
  timeoutCapMs: number | undefined;
};

export const jobEnds = ['completed', 'failed', 'lost', 'unreported'] as const;
/** `lost`: the lease was another's before the end. `unreported`: the API could not be told before the lease was over. */
export type JobEnd = (typeof jobEnds)[number];

/** How a run ended. `code`: why its work failed, null otherwise; `drift`: what a comparison found, null where none was made. */
export type JobReport = { end: JobEnd; code: FailureCode | null; drift: DriftEntry[] | null; workMs: number };

/** After a call that the API did not decide. */
const pauses: Backoff = { baseMs: 250, maxMs: 5_000, jitter: 0.5 };

/** Runs the job. Never throws: a bug in a step is a failure of the job with code `internal`. */
export async function runJob(deps: RunDeps, claim: Claim): Promise<JobReport> {
  const { job, sentAt } = claim;
  const log = deps.log.child({ job: job.job.id, namespace: job.job.namespace, generation: job.generation });
  const deadlines = deadlinesOf({
    sentAt,
    leaseUntil: job.lease_until,
    serverTime: job.server_time,
    timeoutMs: job.timeout_ms,
    capMs: deps.timeoutCapMs,
  });
  log.info({ verb: job.job.verb, phase: job.phase, attempt: job.attempt }, 'job started');
  const losing = new AbortController();
  const progress = progressReporter(deps, claim, () => losing.abort());
  const lines = linesOf(deps, claim);
  lines.say('info', `run ${job.attempt}: ${job.job.verb} to generation ${job.generation}, ${job.phase}`);
  const outcome = await attempt(deps, claim, deadlines, losing, { progress: progress.tell, say: lines.say });
  const worked = deps.now();
  sayEnd(lines, outcome, (worked - sentAt) / 1000);
  await progress.idle();
  const end = losing.signal.aborted ? 'lost' : await report(deps, claim, deadlines, outcome, log);
  await lines.close(end === 'lost' ? 0 : logGraceMs);
  const reason =
    outcome.ok || outcome.error.kind === 'lost'
      ? {}
      : { code: outcome.error.code, scope: scopeOf(outcome.error.code), reason: outcome.error.message };
  const times = { work_ms: Math.round(worked - sentAt), report_ms: Math.round(deps.now() - worked) };
  if (end === 'failed') log.warn({ ...times, ...reason }, 'job failed');
  else if (end === 'unreported')
    log.warn({ ...times, ...reason }, 'the result could not be reported before the lease ended');
  else if (end === 'lost') log.debug(times, 'the lease was lost; stopped');
  else log.info(times, 'job completed');
  return { end, ...foundBy(outcome), workMs: worked - sentAt };
}

/** What the work came to, whether or not the API took it. */
function foundBy(outcome: Result<Done | undefined, Stop>): Pick<JobReport, 'code' | 'drift'> {
  if (outcome.ok) return { code: null, drift: outcome.value?.drift ?? null };
  return { code: outcome.error.kind === 'lost' ? null : outcome.error.code, drift: null };
}

/** What is left of the log is sent for so long after the result: the API takes lines of a job's last lease. */
const logGraceMs = 2_000;

/** The job's log, for people. */
const linesOf = (deps: RunDeps, { job, sentAt }: Claim): JobLog =>
  jobLog({
    send: (lines) => deps.api.logs(job.job.id, { lease_id: job.lease_id, lines }),
    now: deps.now,
    sentAt,
    serverTime: job.server_time,
  });

/** How the run ended, and which objects are to blame. */
function sayEnd({ say }: JobLog, outcome: Result<Done | undefined, Stop>, seconds: number): void {
  const after = `after ${seconds.toFixed(1)} s`;
  if (outcome.ok) {
    say('info', `done ${after}`);
    return;
  }
  if (outcome.error.kind === 'lost') {
    say('warn', `stopped ${after}: the lease was lost`);
    return;
  }
  const { code, message, events } = toWire(outcome.error);
  for (const event of events) say('warn', `${event.object}: ${event.reason}: ${event.message}`);
  say('error', `failed ${after}: ${code}: ${message}`);
}

async function attempt(
  deps: RunDeps,
  claim: Claim,
  deadlines: Deadlines,
  losing: AbortController,
  { progress, say }: Pick<JobContext, 'progress' | 'say'>,
): Promise<Result<Done | undefined, Stop>> {
  const { job } = claim;
  try {
    return await deps.executor.run({
      job,
      claimedAt: claim.sentAt,
      deadlines,
      signal: losing.signal,
      progress: (percent, message) => {
        progress(percent, message);
        say('info', message);
      },
      say,
      registerReporter: async (reporterId, apiKey) => {
        const body = { lease_id: job.lease_id, key_hash: await sha256Hex(apiKey) };
        const answer = await untilDecided(
          deps,
          () => deps.api.registerReporter(reporterId, body),
          deadlines.workUntil,
          losing.signal,
        );
        if (answer.kind === 'ok') return ok('registered');
        if (answer.kind === 'unavailable') {
          return failed('control_plane_unreachable', `registering the reporter key: ${answer.reason}`);
        }
        if (answer.code === 'key_revoked') return ok('revoked');
        if (!isLost(answer))
          return failed('internal', `registering the reporter key: ${answer.message} (${answer.code})`);
        losing.abort();
        return err(lost);
      },
    });
  } catch (error) {
    deps.log.error({ err: error, job: job.job.id }, 'a step threw');
    return failed('internal', messageOf(error));
  }
}

const isLost = (answer: { code: string }): boolean =>
  answer.code === 'lease_lost' || answer.code === 'generation_stale';

/** Repeats a call that may be repeated until it is decided or the time is up, with growing, jittered waits. */
async function untilDecided(
  deps: RunDeps,
  send: () => Promise<Answer>,
  until: number,
  signal?: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (answer.kind !== 'unavailable') return answer;
    const waitMs = backoffMs(attempt, pauses, deps.fraction(), answer.retryAfterMs);
    if (signal?.aborted || deps.now() + waitMs >= until) return answer;
    await sleep(waitMs, signal);
  }
}

/** Sends the result until the API has decided or the lease is over. Sending it twice is harmless: the lease makes it one. */
async function report(
  deps: RunDeps,
  { job }: Claim,
  deadlines: Deadlines,
  outcome: Result<Done | undefined, Stop>,
  log: Logger,
): Promise<JobEnd> {
  const lease = { lease_id: job.lease_id, generation: job.generation };
  if (!outcome.ok && outcome.error.kind === 'lost') return 'lost';
  const stop = outcome.ok ? null : outcome.error;
  const found = outcome.ok ? outcome.value : undefined;
  const send =
    stop === null || stop.kind === 'lost'
      ? () => deps.api.complete(job.job.id, { ...lease, ...toComplete(job, found) })
      : () => deps.api.fail(job.job.id, { ...lease, ...toWire(stop) });
  const answer = await untilDecided(deps, send, deadlines.leaseUntil);
  if (answer.kind === 'ok') return outcome.ok ? 'completed' : 'failed';
  if (answer.kind === 'unavailable') return 'unreported';
  if (!isLost(answer)) log.error({ code: answer.code }, `the API refused the result: ${answer.message}`);
  return 'lost';
}

/** A result as POST …/complete takes it. An API that names no claim's uid would refuse one. */
const toComplete = ({ claim_uid }: LeasedJob, { drift, claimUid }: Done = {}) => ({
  ...(drift === undefined ? {} : { drift }),
  ...(claim_uid === undefined || claimUid === undefined ? {} : { claim_uid: claimUid }),
});

/**
 * Sends progress one call at a time, the newest only: a slow API slows nothing down. A refusal for a lost lease calls
 * `onLost`; any other failure is nobody's loss.
 */
function progressReporter(deps: RunDeps, { job }: Claim, onLost: () => void) {
  let waiting: { percent: number; message: string } | null = null;
  let sending: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (waiting !== null) {
      const body = { lease_id: job.lease_id, ...waiting };
      waiting = null;
      const answer = await deps.api.progress(job.job.id, body);
      if (answer.kind === 'refused' && isLost(answer)) onLost();
    }
    sending = null;
  }

  return {
    tell(percent: number, message: string): void {
      waiting = { percent, message: redact(message) };
      sending ??= drain();
    },
    /** Resolves when nothing is on its way any more; what waits is dropped, since a result follows. */
    async idle(): Promise<void> {
      waiting = null;
      await sending;
    },
  };
}
