/** Routes of the deployment queue for the console: counts, jobs, one job, retry. */

import { notFound } from '../contracts/failures.ts';
import type { JobView } from '../contracts/jobs.ts';
import * as routes from '../contracts/routes/queue.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { retryJob } from '../workflows/provisioning/finish-job.ts';
import { attemptsOf, visibleState } from './job.ts';
import { find, type JobRow } from './job-store.ts';
import { list, stats } from './queue-store.ts';

const toJob = (row: JobRow, now: number): JobView => ({
  id: row.id,
  verb: row.verb,
  state: visibleState(row, now),
  customer_id: row.customerId,
  cluster_id: row.clusterId,
  generation: row.generation,
  attempts: attemptsOf(row),
  progress: { percent: row.percent, message: row.progress },
  error:
    row.errorCode === null
      ? null
      : { code: row.errorCode, message: row.errorMessage ?? '', events: row.errorEvents ?? [] },
  created_at: iso(row.createdAt),
  started_at: isoOrNull(row.startedAt),
  finished_at: isoOrNull(row.finishedAt),
  run_after: iso(row.runAfter),
  lease_until: visibleState(row, now) === 'active' ? isoOrNull(row.leaseUntil) : null,
});

const statsRoute = endpoint({
  ...routes.readQueueStats,
  handle: async (call) => reply(200, await stats(call.db, call.now())),
});

const listRoute = endpoint({
  ...routes.listJobs,
  handle: async (call) => {
    const { query } = call;
    const now = call.now();
    const filter = {
      page: query.page,
      limit: query.limit,
      state: query.state,
      q: query.q,
      updatedSince: query.updated_since === undefined ? undefined : Date.parse(query.updated_since),
    };
    const found = await list(call.db, filter, now);
    const items = found.rows.map((row) => toJob(row, now));
    return reply(200, { items, total: found.total, page: query.page, limit: query.limit });
  },
});

const read = endpoint({
  ...routes.readJob,
  handle: async (call) => {
    const row = await find(call.db, param(call, 'jobId'));
    return row ? reply(200, { success: true, job: toJob(row, call.now()) }) : refuse(notFound);
  },
});

const retry = deed({
  ...routes.retryJob,
  plan: (context, call) => retryJob(context, param(call, 'jobId')),
  answer: () => json(202, { success: true }),
});

export const queueEndpoints: readonly Endpoint[] = [statsRoute, listRoute, read, retry];
