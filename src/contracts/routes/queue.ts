/** The routes of queue: where they are, whom they admit, what they take and answer. */
import { z } from 'zod';
import { accepted, jobAnswer, jobList, jobsQuery, queueStats } from '../jobs.ts';
import { route } from '../route.ts';

export const readQueueStats = route({
  operation: 'readQueueStats',
  method: 'get',
  path: '/api/queue/stats',
  summary: 'How many jobs are in each state',
  allow: { admin: 'viewer' },
  answers: { 200: queueStats },
});

export const listJobs = route({
  operation: 'listJobs',
  method: 'get',
  path: '/api/queue/jobs',
  summary: 'Jobs, newest first',
  allow: { admin: 'viewer' },
  query: jobsQuery,
  answers: { 200: jobList },
});

export const readJob = route({
  operation: 'readJob',
  method: 'get',
  path: '/api/queue/jobs/:jobId',
  summary: 'One job with its error and events',
  allow: { admin: 'viewer' },
  answers: { 200: jobAnswer },
});

export const retryJob = route({
  operation: 'retryJob',
  method: 'post',
  path: '/api/queue/jobs/:jobId/retry',
  summary: 'Send a failed job again',
  allow: { admin: 'operator' },
  body: z.strictObject({}),
  answers: { 202: accepted },
  failures: ['job_not_failed'],
  idempotent: true,
});
