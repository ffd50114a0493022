/** Routes of the outbox (what must reach a queue or Stripe), for admins: what waits, what was refused, sending it again or dropping it. */
import * as routes from '../contracts/routes/outbox.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { openOutbox, shutOutbox } from '../workflows/delivery/outbox-gate.ts';
import { dropRow, retryRow } from '../workflows/delivery/refused-rows.ts';
import type { Gate } from './gate-store.ts';
import { list, type OutboxRow } from './store.ts';

const toItem = (row: OutboxRow) => ({
  outbox_id: row.id,
  kind: row.kind,
  state: row.state,
  subject: String(row.payload['customer_id'] ?? row.payload['job_id'] ?? '') || null,
  attempts: row.attempts,
  last_error: row.lastError,
  created_at: iso(row.createdAt),
  sent_at: isoOrNull(row.sentAt),
  next_at: iso(row.nextAt),
});

const listRoute = endpoint({
  ...routes.listOutbox,
  handle: async ({ db, query }) => {
    const { rows, total } = await list(db, query);
    return reply(200, { items: rows.map(toItem), total, page: query.page, limit: query.limit });
  },
});

const retry = deed({
  ...routes.retryOutboxRow,
  plan: (context, call) => retryRow(context, { id: param(call, 'outboxId'), reason: call.body.reason }),
  answer: (row) => json(200, { success: true, item: toItem(row) }),
});

const drop = deed({
  ...routes.dropOutboxRow,
  plan: (context, call) => dropRow(context, { id: param(call, 'outboxId'), reason: call.body.reason }),
  answer: (row) => json(200, { success: true, item: toItem(row) }),
});

const toGate = ({ shutAt, reason }: Gate) => ({ success: true as const, shut_at: isoOrNull(shutAt), reason });

const shut = deed({
  ...routes.shutOutbox,
  plan: (context, call) => shutOutbox(context, call.body.reason),
  answer: (gate) => json(200, toGate(gate)),
});

const openAgain = deed({
  ...routes.openOutbox,
  plan: (context, call) => openOutbox(context, call.body.drift_id),
  answer: (gate) => json(200, toGate(gate)),
});

export const outboxEndpoints: readonly Endpoint[] = [listRoute, shut, openAgain, retry, drop];
