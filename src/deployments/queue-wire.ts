/** From rows of the queue to what the console reads, and from its filters to ours. Pure. */
import type { z } from 'zod';
import type { JobView } from '../contracts/jobs.ts';
import type { bulkBody, logsAnswer, PausesAnswer } from '../contracts/queue.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { paying } from '../subscriptions/subscription.ts';
import { attemptsOf, nextLookAt, timingsOf, visibleState } from './job.ts';
import type { readLines } from './log-store.ts';
import { everywhere, type PauseRow } from './pause-store.ts';
import type { JobFilter, SeenJob } from './queue-store.ts';

type Filter = NonNullable<z.output<typeof bulkBody>['filter']>;

const msOrUndefined = (at: string | undefined) => (at === undefined ? undefined : Date.parse(at));

/** The filter of a list or of an order for many. */
export const filterOf = ({ state, q, customer_id, error, from, to }: Filter): JobFilter => ({
  state,
  q,
  customerId: customer_id,
  error,
  from: msOrUndefined(from),
  to: msOrUndefined(to),
});

/** When the next run may begin by itself, ms; null where none is planned. */
function nextAttemptAt({ job, last }: SeenJob, state: JobView['state']): number | null {
  if (state === 'waiting' || state === 'delayed') return job.runAfter;
  return state === 'failed' && last === 1 && job.finishedAt !== null
    ? nextLookAt({ finishedAt: job.finishedAt, looks: job.looks })
    : null;
}

export function toJob(seen: SeenJob, now: number): JobView {
  const { job } = seen;
  const state = visibleState(job, now);
  const { waited, ran } = timingsOf({ ...job, state }, now);
  return {
    id: job.id,
    verb: job.verb,
    state,
    customer_id: job.customerId,
    company_name: seen.companyName,
    cluster_id: job.clusterId,
    plan: seen.plan,
    priority: paying.includes(seen.status) ? 'paid' : 'trial',
    generation: job.generation,
    attempts: attemptsOf(job),
    progress: { percent: job.percent, message: job.progress },
    error:
      job.errorCode === null
        ? null
        : { code: job.errorCode, message: job.errorMessage ?? '', events: job.errorEvents ?? [] },
    cause: job.cause ?? job.errorCode,
    created_at: iso(job.createdAt),
    started_at: isoOrNull(job.startedAt),
    finished_at: isoOrNull(job.finishedAt),
    run_after: iso(job.runAfter),
    lease_until: state === 'active' ? isoOrNull(job.leaseUntil) : null,
    next_attempt_at: isoOrNull(nextAttemptAt(seen, state)),
    timings: { waited_ms: waited, ran_ms: ran },
    logs: job.logSeq > 0,
  };
}

/** The lines of a log; where older ones are gone, a line in the place of the last of them says so. */
export function toLogs(
  { lines, first }: Awaited<ReturnType<typeof readLines>>,
  after: number,
): z.input<typeof logsAnswer> {
  const gone = first === null ? 0 : first.seq - 1;
  const note =
    first === null || gone <= after
      ? []
      : [{ seq: gone, at: iso(first.at), level: 'warn' as const, line: `${gone} older lines are not kept` }];
  const items = [...note, ...lines.map(({ seq, at, level, line }) => ({ seq, at: iso(at), level, line }))];
  return { items, next: items.at(-1)?.seq ?? after };
}

export const toPauses = (rows: readonly PauseRow[]): PausesAnswer => ({
  paused: rows.map(({ scope, reason, pausedBy, pausedAt }) => ({
    cluster_id: scope === everywhere ? null : scope,
    reason,
    paused_by: pausedBy,
    paused_at: iso(pausedAt),
  })),
});
