/** What a person orders of one job: to be sent again, to be due now, or to be removed. */

import { sql } from 'drizzle-orm';
import { type Failure, type FailureCode, notFound } from '../../contracts/failures.ts';
import type { BulkAction } from '../../contracts/queue.ts';
import * as orders from '../../deployments/job-orders-store.ts';
import { find } from '../../deployments/job-store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { ringWaiting } from '../../outbox/store.ts';
import type { Context, Planned } from '../deed.ts';

/** What the log calls an order that was carried out, and what refuses one. */
export const orderWords = {
  retry: {
    audit: 'job.retried',
    refusal: { code: 'job_not_failed', message: 'only a failed job that no newer one replaces can be retried' },
  },
  promote: {
    audit: 'job.promoted',
    refusal: { code: 'job_not_delayed', message: 'only a job that waits for its time can be made due' },
  },
  remove: {
    audit: 'job.removed',
    refusal: { code: 'job_active', message: 'a job that runs cannot be removed' },
  },
} as const satisfies Record<BulkAction, { audit: string; refusal: Failure<FailureCode> }>;

export interface OneOrder {
  action: BulkAction;
  jobId: string;
  reason?: string | undefined;
}

/** Plans one order. The doorbell is rung for whatever of the customer waits by then. */
export async function orderJob(context: Context, { action, jobId, reason }: OneOrder): Promise<Planned<null>> {
  const { db, now, random } = context;
  const job = await find(db, jobId);
  if (!job) return err(notFound);
  const order = { action, jobId, now };
  if (!(await orders.isAllowed(db, order))) return err(orderWords[action].refusal);
  const doorbellId = newId('outbox', random);
  const rings = action !== 'remove';
  return ok({
    value: null,
    writes: [
      orders.guardAllowed(order),
      ...orders.changes(order, sql`true`),
      ...(rings ? [ringWaiting(job.customerId, doorbellId, now)] : []),
    ],
    audit: [
      {
        action: orderWords[action].audit,
        subject: jobId,
        details: { customer_id: job.customerId, ...(reason === undefined ? {} : { reason }) },
      },
    ],
    outbox: rings ? [doorbellId] : [],
  });
}
