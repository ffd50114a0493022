/** Webhooks: the one door for Stripe, and for admins what came through it, replays and the catching up. */

import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/webhooks.ts';
import { webhookBytesMax } from '../contracts/webhooks.ts';
import { readBytes } from '../http/body.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import type { Limit } from '../http/limits.ts';
import { iso, isoOrNull, msOrNull } from '../lib/time.ts';
import { isSigned } from '../stripe/signature.ts';
import { contextOf } from '../wiring.ts';
import { catchUp, continueCatchUp } from '../workflows/inbox/catch-up.ts';
import { announce, receive } from '../workflows/inbox/receive.ts';
import { continueEventReplay, replayDead, replayEvent } from '../workflows/inbox/replay.ts';
import { readEvent } from './event.ts';
import { type EventWithoutPayload, findEvent, listEvents } from './event-store.ts';

const byAddress: Limit = { name: 'webhooks', by: 'address', rate: 'RATE_LIMIT_WEBHOOKS' };

const stripe = endpoint({
  ...routes.receiveStripeEvent,
  limits: [byAddress],
  handle: async (call) => {
    const { env, request } = call;
    const secrets = [env.STRIPE_WEBHOOK_SECRET, env.STRIPE_WEBHOOK_SECRET_OLD].filter((secret) => secret !== undefined);
    if (secrets.length === 0) {
      const message = 'there is no secret to judge webhooks by (STRIPE_WEBHOOK_SECRET)';
      return refuse({ code: 'unavailable', message, retryAfterSeconds: 600 });
    }
    const read = await readBytes(request, webhookBytesMax);
    if (!read.ok) return read;
    const payload = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(read.value);
    const header = request.headers.get('stripe-signature');
    if (!(await isSigned({ payload, header, secrets, now: call.now() }))) {
      return refuse({ code: 'signature_invalid', message: 'the signature is missing, wrong, or not of this moment' });
    }
    const event = readEvent(payload);
    if (event === null) return refuse({ code: 'invalid_json', message: 'what was signed is no event' });
    const received = await receive(contextOf(call), event, env.STRIPE_QUEUE);
    if (!received.ok) return received;
    return reply(200, received.value.duplicate ? { received: true, duplicate: true } : { received: true });
  },
});

const toItem = (row: EventWithoutPayload) => ({
  event_id: row.id,
  type: row.type,
  object_id: row.objectId,
  customer_id: row.customerId,
  state: row.state,
  attempts: row.attempts,
  fetch_seq: row.fetchSeq,
  received_at: iso(row.receivedAt),
  processed_at: isoOrNull(row.processedAt),
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
});

const list = endpoint({
  ...routes.listEvents,
  handle: async ({ db, query }) => {
    const { rows, total } = await listEvents(db, query);
    return reply(200, { items: rows.map(toItem), total, page: query.page, limit: query.limit });
  },
});

const read = endpoint({
  ...routes.readEvent,
  handle: async (call) => {
    const row = await findEvent(call.db, param(call, 'eventId'));
    return row ? reply(200, { ...toItem(row), payload: row.payload }) : refuse(notFound);
  },
});

const replay = deed({
  ...routes.replayEvent,
  plan: (context, call) => replayEvent(context, param(call, 'eventId')),
  afterwards: (context, { id }, call) => announce(context, call.env.STRIPE_QUEUE, [id]),
  answer: (row) => json(202, { success: true, event: toItem(row) }),
});

const replayMany = deed({
  ...routes.replayEvents,
  plan: (context, { body: { type, rate } }) => replayDead(context, { type, rate }),
  afterwards: (context, { batchId }) => continueEventReplay(context, batchId),
  answer: ({ batchId, events }) => json(202, { batch_id: batchId, events }),
});

const catchUpRoute = deed({
  ...routes.catchUpEvents,
  plan: (context, { body }) => catchUp(context, msOrNull(body.from)),
  afterwards: (context, { batchId }, call) => continueCatchUp(context, batchId, call.env.STRIPE_QUEUE),
  answer: ({ batchId, from }) => json(202, { success: true, batch_id: batchId, from: iso(from) }),
});

/** `/api/webhooks/events/replay` has no other route of the same form before it. */
export const webhookEndpoints: readonly Endpoint[] = [stripe, list, replayMany, read, replay, catchUpRoute];
