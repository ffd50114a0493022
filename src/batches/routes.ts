/** How far an order for many is: the one route of orders, whatever they are for. */
import { notFound } from '../contracts/failures.ts';
import type { BatchAnswer } from '../contracts/queue.ts';
import * as routes from '../contracts/routes/queue-orders.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { findWithOutcomes } from './store.ts';

type Found = NonNullable<Awaited<ReturnType<typeof findWithOutcomes>>>;

const toAnswer = ({ batch, outcomes }: Found): BatchAnswer => ({
  batch_id: batch.id,
  action: batch.action,
  state: batch.finishedAt === null ? 'running' : 'done',
  rate: batch.rate,
  matched: batch.matched,
  done: outcomes.find(({ outcome }) => outcome === 'done')?.items ?? 0,
  refused: outcomes.filter(({ outcome }) => outcome !== 'done').map(({ outcome, items }) => ({ code: outcome, items })),
  reason: batch.reason,
  started_by: batch.startedBy,
  created_at: iso(batch.createdAt),
  finished_at: isoOrNull(batch.finishedAt),
});

const read = endpoint({
  ...routes.readBatch,
  handle: async (call) => {
    const found = await findWithOutcomes(call.db, param(call, 'batchId'));
    return found ? reply(200, toAnswer(found)) : refuse(notFound);
  },
});

export const batchEndpoints: readonly Endpoint[] = [read];
