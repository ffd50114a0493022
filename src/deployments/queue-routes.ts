/** Routes of the deployment queue for the console: counts, jobs, one job with its log, history, causes, and orders of one job. */
import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/queue.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { hourMs, iso } from '../lib/time.ts';
import { orderJob } from '../workflows/provisioning/order-job.ts';
import { hoursOf } from './history.ts';
import { readHours } from './history-store.ts';
import { find } from './job-store.ts';
import { readLines } from './log-store.ts';
import { listPauses } from './pause-store.ts';
import { findSeen, groups, list, stats } from './queue-store.ts';
import { filterOf, toJob, toLogs, toPauses } from './queue-wire.ts';

const statsRoute = endpoint({
  ...routes.readQueueStats,
  handle: async (call) => reply(200, await stats(call.db, call.now())),
});

const listRoute = endpoint({
  ...routes.listJobs,
  handle: async (call) => {
    const { page, limit, sort, updated_since, ...filter } = call.query;
    const now = call.now();
    const updatedSince = updated_since === undefined ? undefined : Date.parse(updated_since);
    const { items, total } = await list(call.db, { ...filterOf(filter), updatedSince, page, limit, sort }, now);
    return reply(200, { items: items.map((row) => toJob(row, now)), total, page, limit });
  },
});

const read = endpoint({
  ...routes.readJob,
  handle: async (call) => {
    const row = await findSeen(call.db, param(call, 'jobId'));
    return row ? reply(200, { success: true, job: toJob(row, call.now()) }) : refuse(notFound);
  },
});

const logs = endpoint({
  ...routes.readJobLogs,
  handle: async (call) => {
    const jobId = param(call, 'jobId');
    if (!(await find(call.db, jobId))) return refuse(notFound);
    return reply(200, toLogs(await readLines(call.db, jobId, call.query), call.query.after));
  },
});

const history = endpoint({
  ...routes.readQueueHistory,
  handle: async (call) => {
    const now = call.now();
    const from = now - (now % hourMs) - (call.query.hours - 1) * hourMs;
    return reply(200, hoursOf(await readHours(call.db, from), from, call.query.hours));
  },
});

const groupsRoute = endpoint({
  ...routes.readQueueGroups,
  handle: async (call) => {
    const found = await groups(call.db, call.query.state, call.now());
    const items = found.map(({ cause, jobs, oldest, newest, sampleId }) => ({
      cause,
      jobs,
      oldest: iso(oldest),
      newest: iso(newest),
      sample_id: sampleId,
    }));
    return reply(200, items);
  },
});

const pauses = endpoint({
  ...routes.listPauses,
  handle: async (call) => reply(200, toPauses(await listPauses(call.db))),
});

const retry = deed({
  ...routes.retryJob,
  plan: (context, call) =>
    orderJob(context, { action: 'retry', jobId: param(call, 'jobId'), reason: call.body.reason }),
  answer: () => json(202, { success: true }),
});

const promote = deed({
  ...routes.promoteJob,
  plan: (context, call) =>
    orderJob(context, { action: 'promote', jobId: param(call, 'jobId'), reason: call.body.reason }),
  answer: () => json(202, { success: true }),
});

const remove = deed({
  ...routes.removeJob,
  plan: (context, call) =>
    orderJob(context, { action: 'remove', jobId: param(call, 'jobId'), reason: call.query.reason }),
  answer: () => empty(204),
});

export const queueEndpoints: readonly Endpoint[] = [
  statsRoute,
  listRoute,
  read,
  logs,
  history,
  groupsRoute,
  pauses,
  retry,
  promote,
  remove,
];
