/** The routes of orders for many jobs at once: where they are, whom they admit, what they take and answer. */
import { batchAnswer, batchStarted, bulkBody, cleanAnswer, cleanBody, pauseBody, pausesAnswer } from '../queue.ts';
import { route } from '../route.ts';

export const cleanQueue = route({
  operation: 'cleanQueue',
  method: 'post',
  path: '/api/queue/clean',
  summary: 'Take finished jobs out of the lists, oldest first',
  allow: { admin: 'operator' },
  body: cleanBody,
  answers: { 200: cleanAnswer },
  idempotent: true,
});

export const pauseQueue = route({
  operation: 'pauseQueue',
  method: 'post',
  path: '/api/queue/pause',
  summary: 'Begin no more jobs in a cluster, or in any; what runs goes on',
  allow: { admin: 'owner' },
  body: pauseBody,
  answers: { 200: pausesAnswer },
  failures: ['not_found'],
  idempotent: true,
});

export const resumeQueue = route({
  operation: 'resumeQueue',
  method: 'post',
  path: '/api/queue/resume',
  summary: 'Begin jobs again',
  allow: { admin: 'owner' },
  body: pauseBody,
  answers: { 200: pausesAnswer },
  failures: ['not_found'],
  idempotent: true,
});

export const beginBulk = route({
  operation: 'beginBulk',
  method: 'post',
  path: '/api/queue/bulk',
  summary: 'Retry, remove or promote many jobs, some a second',
  allow: { admin: 'operator' },
  body: bulkBody,
  answers: { 202: batchStarted },
  idempotent: true,
});

export const readBatch = route({
  operation: 'readBatch',
  method: 'get',
  path: '/api/queue/batches/:batchId',
  summary: 'How far an order for many is, of jobs or of dead letters',
  allow: { admin: 'viewer' },
  answers: { 200: batchAnswer },
});
