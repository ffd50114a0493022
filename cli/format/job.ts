/** A deployment job as lines for people. Pure. */
import type { JobView } from '../../src/contracts/jobs.ts';
import { oneLine } from '../text.ts';
import { seconds } from './amounts.ts';

/** A failed job with the events of what was not ready: an indented line each. */
export function jobErrorLines(job: JobView): string[] {
  if (job.error === null) return [];
  const events = job.error.events.map((e) => oneLine(`  ${e.object}: ${e.reason}: ${e.message}`));
  return [oneLine(`${job.error.code}: ${job.error.message}`), ...events.map((line) => `  ${line}`)];
}

/** How long it waited for its first run, and how long its runs took. */
function timesOf({ timings: { waited_ms: waited, ran_ms: ran } }: JobView): string {
  return ran === null ? '' : `; waited ${seconds(waited)}, ran ${seconds(ran)}`;
}

/** Everything about one job, a line each. */
export function jobLines(job: JobView): string[] {
  return [
    `job         ${job.id}`,
    `customer    ${oneLine(job.company_name)} (${job.customer_id})`,
    `cluster     ${job.cluster_id}`,
    `what        ${job.verb} to generation ${job.generation}`,
    `state       ${job.state}, ${job.attempts} runs${timesOf(job)}`,
    `progress    ${job.progress.percent} % ${oneLine(job.progress.message)}`,
    `made        ${job.created_at}`,
    ...(job.started_at === null ? [] : [`started     ${job.started_at}`]),
    ...(job.finished_at === null ? [] : [`finished    ${job.finished_at}`]),
    ...(job.lease_until === null ? [] : [`may take    until ${job.lease_until}; then it waits for another run`]),
    ...(job.next_attempt_at === null || job.state === 'waiting' ? [] : [`again at    ${job.next_attempt_at}`]),
    ...(job.logs ? [`log         tenantry queue logs ${job.id}`] : []),
    ...jobErrorLines(job).map((line, i) => (i === 0 ? `error       ${line}` : line)),
  ];
}
