/** What Stripe has told us, as Stripe sends it and as admins see it. */
import { z } from 'zod';
import { customerId, instant, listOf, pageQuery, searchText } from './common.ts';

/** Bytes of one event: Stripe's own are far below. */
export const webhookBytesMax = 1024 * 1024;

/** POST /api/webhooks/stripe. */
export const receivedAnswer = z.object({ received: z.literal(true), duplicate: z.literal(true).optional() });

/**
 * `received` waits for its turn, `failed` for another one; `ignored` is of a type that means nothing here, or about somebody whom
 * we do not know; `dead` has failed too often.
 */
export const eventState = z.enum(['received', 'processed', 'ignored', 'failed', 'dead']);
export type EventState = z.infer<typeof eventState>;

/** GET /api/webhooks/events, newest first. */
export const eventsQuery = pageQuery.extend({
  state: eventState.optional().describe('Only events in this state.'),
  type: z.string().min(1).max(100).optional().describe('Only events of this type: `invoice.paid`.'),
  q: searchText.optional().describe('Part of an id (event, object, customer) or of the type.'),
  customer_id: customerId.optional().describe('Only events about this customer.'),
});
const event = z.object({
  event_id: z.string(),
  type: z.string(),
  /** Stripe's id of what it is about. */
  object_id: z.string().nullable(),
  customer_id: z.string().nullable(),
  state: eventState,
  attempts: z.number().int(),
  /** The count of fetches of the object under which the event was applied. */
  fetch_seq: z.number().int().nullable(),
  received_at: z.string(),
  processed_at: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export const eventList = listOf(event);

/** GET /api/webhooks/events/:eventId. */
export const eventAnswer = event.extend({ payload: z.record(z.string(), z.unknown()) });

/** POST /api/webhooks/events/:eventId/replay. */
export const replayEventBody = z.strictObject({});
export const replayEventAnswer = z.object({ success: z.literal(true), event });

/** POST /api/webhooks/events/replay: all dead events, or those of a type, `rate` of them a second. */
export const replayEventsBody = z.strictObject({
  state: z.literal('dead'),
  type: z.string().min(1).max(100).optional(),
  rate: z.number().int().min(1).max(50).default(5),
});
export const replayEventsAnswer = z.object({ batch_id: z.string(), events: z.number().int() });

/** POST /api/webhooks/catch-up. Stripe lists the events of the last 30 days; without `from` all of them are looked at. */
export const catchUpDaysMax = 30;
export const catchUpBody = z.strictObject({ from: instant.optional() });
export const catchUpAnswer = z.object({ success: z.literal(true), batch_id: z.string(), from: z.string() });
