/** The same order for many jobs, some a second. Whether a job may have it is decided when its turn comes, as for one job. */
import { recordWhere } from '../../audit/store.ts';
import * as batchStore from '../../batches/store.ts';
import { type BulkAction, bulkAction } from '../../contracts/queue.ts';
import type { Write } from '../../db/write.ts';
import * as orders from '../../deployments/job-orders-store.ts';
import { findCustomers, findIds, type JobFilter } from '../../deployments/queue-store.ts';
import { newId } from '../../lib/ids.ts';
import { ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';
import { actorOf, goOn, goOnWithAll, type Slice } from '../go-on.ts';
import { orderWords } from './order-job.ts';

export interface ManyOrders {
  action: BulkAction;
  /** Those named, or those that a filter finds now. */
  jobs: { ids: readonly string[] } | { filter: JobFilter };
  /** Jobs a second. */
  rate: number;
  reason: string | undefined;
}

export interface BegunBatch {
  batchId: string;
  matched: number;
}

/** A filter that names no state means the jobs that the order is for. */
const stateFor = { retry: 'failed', promote: 'delayed', remove: undefined } as const;

/** Plans an order for many; `continueOrders` carries it out. */
export async function orderJobs(
  context: Context,
  { action, jobs, rate, reason }: ManyOrders,
): Promise<Planned<BegunBatch>> {
  const { db, now, random, actor } = context;
  const ids =
    'ids' in jobs
      ? [...new Set(jobs.ids)]
      : await findIds(db, { ...jobs.filter, state: jobs.filter.state ?? stateFor[action] }, now);
  const batchId = newId('batch', random);
  const row = { id: batchId, action, rate, reason: reason ?? null, startedBy: actor.name, createdAt: now };
  return ok({
    value: { batchId, matched: ids.length },
    writes: batchStore.insertBatch(row, ids),
    audit: [
      { action: `queue.bulk_${action}`, subject: batchId, details: { jobs: ids.length, rate, reason: reason ?? null } },
    ],
  });
}

/** Decides about each of some jobs in turn, and does it: a job that has changed in between, by another order or a run, is refused. */
const sliceOf =
  (context: Context): Slice =>
  async (batch, items) => {
    const action = bulkAction.parse(batch.action);
    const customers = await findCustomers(
      context.db,
      items.map(({ subject }) => subject),
    );
    return items.flatMap(({ place, subject }) =>
      oneOf(context, batch, { action, jobId: subject, now: context.now }, place, customers.get(subject) ?? null),
    );
  };

function oneOf(
  context: Context,
  batch: batchStore.BatchRow,
  order: orders.JobOrder,
  place: number,
  customerId: string | null,
): Write[] {
  const done = batchStore.isDone(batch.id, place);
  const words = orderWords[order.action];
  const details = {
    customer_id: customerId,
    batch_id: batch.id,
    ...(batch.reason === null ? {} : { reason: batch.reason }),
  };
  const entry = { action: words.audit, subject: order.jobId, details };
  return [
    batchStore.decide(batch.id, place, orders.outcomeOf(order, words.refusal.code)),
    ...orders.changes(order, done),
    recordWhere(context.random, actorOf(context, batch), context.now, entry, done),
  ];
}

/** Takes one order further. */
export const continueOrder = (context: Context, batchId: string): Promise<void> =>
  goOn(context, batchId, sliceOf(context));

/** Cron takes all of them further. @returns how many */
export const continueOrders = (context: Context): Promise<number> =>
  goOnWithAll(context, bulkAction.options, sliceOf(context));
