/** The routes of outbox: where they are, whom they admit, what they take and answer. */
import { outboxDecisionAnswer, outboxDecisionBody, outboxList, outboxQuery } from '../outbox.ts';
import { route } from '../route.ts';

export const listOutbox = route({
  operation: 'listOutbox',
  method: 'get',
  path: '/api/outbox',
  summary: 'What must leave the system, by state; refused rows by default',
  allow: { admin: 'viewer' },
  query: outboxQuery,
  answers: { 200: outboxList },
});

export const retryOutboxRow = route({
  operation: 'retryOutboxRow',
  method: 'post',
  path: '/api/outbox/:outboxId/retry',
  summary: 'Send a refused row again, under a new key',
  allow: { admin: 'operator' },
  body: outboxDecisionBody,
  answers: { 200: outboxDecisionAnswer },
  failures: ['outbox_not_refused'],
  idempotent: true,
});

export const dropOutboxRow = route({
  operation: 'dropOutboxRow',
  method: 'post',
  path: '/api/outbox/:outboxId/drop',
  summary: 'Give a refused row up for good',
  allow: { admin: 'operator' },
  body: outboxDecisionBody,
  answers: { 200: outboxDecisionAnswer },
  failures: ['outbox_not_refused'],
  idempotent: true,
});
