/** The routes of outbox: where they are, whom they admit, what they take and answer. */
import {
  outboxDecisionAnswer,
  outboxDecisionBody,
  outboxGateAnswer,
  outboxList,
  outboxOpenBody,
  outboxQuery,
  outboxShutBody,
} from '../outbox.ts';
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

export const shutOutbox = route({
  operation: 'shutOutbox',
  method: 'post',
  path: '/api/outbox/shut',
  summary: 'Keep back everything that waits for Stripe, as after a restore',
  allow: { admin: 'owner' },
  body: outboxShutBody,
  answers: { 200: outboxGateAnswer },
  idempotent: true,
});

export const openOutbox = route({
  operation: 'openOutbox',
  method: 'post',
  path: '/api/outbox/open',
  summary: 'Send what waits for Stripe again, once a drift run has compared the two',
  allow: { admin: 'owner' },
  body: outboxOpenBody,
  answers: { 200: outboxGateAnswer },
  failures: ['outbox_not_shut', 'drift_required'],
  idempotent: true,
});
