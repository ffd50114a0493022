/** The routes of webhooks: where they are, whom they admit, what they take and answer. */
import { route } from '../route.ts';
import {
  catchUpAnswer,
  catchUpBody,
  eventAnswer,
  eventList,
  eventsQuery,
  receivedAnswer,
  replayEventAnswer,
  replayEventBody,
  replayEventsAnswer,
  replayEventsBody,
  webhookBytesMax,
} from '../webhooks.ts';

export const receiveStripeEvent = route({
  operation: 'receiveStripeEvent',
  method: 'post',
  path: '/api/webhooks/stripe',
  summary: 'An event of Stripe, by its signature',
  allow: { public: true },
  raw: 'application/json',
  wireBytesMax: webhookBytesMax,
  answers: { 200: receivedAnswer },
  failures: ['signature_invalid', 'invalid_json', 'stripe_unavailable'],
});

export const listEvents = route({
  operation: 'listEvents',
  method: 'get',
  path: '/api/webhooks/events',
  summary: 'What Stripe has told us, newest first',
  allow: { admin: 'viewer' },
  query: eventsQuery,
  answers: { 200: eventList },
});

export const readEvent = route({
  operation: 'readEvent',
  method: 'get',
  path: '/api/webhooks/events/:eventId',
  summary: 'One event, as it was signed',
  allow: { admin: 'viewer' },
  answers: { 200: eventAnswer },
});

export const replayEvents = route({
  operation: 'replayEvents',
  method: 'post',
  path: '/api/webhooks/events/replay',
  summary: 'Process dead events again, some a second',
  allow: { admin: 'operator' },
  body: replayEventsBody,
  answers: { 202: replayEventsAnswer },
  idempotent: true,
});

export const replayEvent = route({
  operation: 'replayEvent',
  method: 'post',
  path: '/api/webhooks/events/:eventId/replay',
  summary: 'Process an event again',
  allow: { admin: 'operator' },
  body: replayEventBody,
  answers: { 202: replayEventAnswer },
  failures: ['event_not_replayable'],
  idempotent: true,
});

export const catchUpEvents = route({
  operation: 'catchUpEvents',
  method: 'post',
  path: '/api/webhooks/catch-up',
  summary: 'Ask Stripe for the events that have not come',
  allow: { admin: 'operator' },
  body: catchUpBody,
  answers: { 202: catchUpAnswer },
  failures: ['stripe_unavailable'],
  idempotent: true,
});
