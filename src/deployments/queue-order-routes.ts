/** Routes of orders for the whole queue: cleaning, pauses, and the same order for many jobs. How far one is: batches/routes.ts. */
import * as routes from '../contracts/routes/queue-orders.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, json } from '../http/endpoint.ts';
import { carriersOf } from '../wiring.ts';
import { ringAgain } from '../workflows/delivery/ring-again.ts';
import { cleanQueue } from '../workflows/provisioning/clean-queue.ts';
import { continueOrder, orderJobs } from '../workflows/provisioning/order-jobs.ts';
import { pauseQueue, resumeQueue } from '../workflows/provisioning/pause-queue.ts';
import { filterOf, toPauses } from './queue-wire.ts';

const clean = deed({
  ...routes.cleanQueue,
  plan: (context, { body }) =>
    cleanQueue(context, {
      state: body.state,
      olderThanSeconds: body.older_than_seconds,
      limit: body.limit,
      reason: body.reason,
    }),
  answer: (cleaned) => json(200, { success: true, cleaned }),
});

const pause = deed({
  ...routes.pauseQueue,
  plan: (context, { body }) => pauseQueue(context, { clusterId: body.cluster_id, reason: body.reason }),
  answer: (paused) => json(200, toPauses(paused)),
});

const resume = deed({
  ...routes.resumeQueue,
  plan: (context, { body }) => resumeQueue(context, { clusterId: body.cluster_id, reason: body.reason }),
  afterwards: (_context, _paused, call) => ringAgain(carriersOf(call)),
  answer: (paused) => json(200, toPauses(paused)),
});

const bulk = deed({
  ...routes.beginBulk,
  plan: (context, { body: { action, ids, filter, rate, reason } }) =>
    orderJobs(context, { action, jobs: ids ? { ids } : { filter: filterOf(filter ?? {}) }, rate, reason }),
  afterwards: (context, { batchId }) => continueOrder(context, batchId),
  answer: ({ batchId, matched }) => json(202, { batch_id: batchId, matched }),
});

export const queueOrderEndpoints: readonly Endpoint[] = [clean, pause, resume, bulk];
