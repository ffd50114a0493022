/** The routes of the queue: where they are, whom they admit, what they take and answer. Orders for many: queue-orders.ts. */
import { accepted } from '../jobs.ts';
import {
  groupsQuery,
  jobAnswer,
  jobList,
  jobsQuery,
  logsAnswer,
  logsQuery,
  maybeReason,
  pausesAnswer,
  queueGroups,
  queueHistory,
  queueHistoryQuery,
  queueStats,
  removeQuery,
} from '../queue.ts';
import { route } from '../route.ts';

const reads = { admin: 'viewer' } as const;
const acts = { admin: 'operator' } as const;

export const readQueueStats = route({
  operation: 'readQueueStats',
  method: 'get',
  path: '/api/queue/stats',
  summary: 'How many jobs are in each state',
  allow: reads,
  answers: { 200: queueStats },
});

export const listJobs = route({
  operation: 'listJobs',
  method: 'get',
  path: '/api/queue/jobs',
  summary: 'Jobs, newest first: all that wait or run, the last 100 completed and the last 200 failed',
  allow: reads,
  query: jobsQuery,
  answers: { 200: jobList },
});

export const readJob = route({
  operation: 'readJob',
  method: 'get',
  path: '/api/queue/jobs/:jobId',
  summary: 'One job with its error and events',
  allow: reads,
  answers: { 200: jobAnswer },
});

export const readJobLogs = route({
  operation: 'readJobLogs',
  method: 'get',
  path: '/api/queue/jobs/:jobId/logs',
  summary: 'What the runs of a job said, line by line',
  allow: reads,
  query: logsQuery,
  answers: { 200: logsAnswer },
});

export const readQueueHistory = route({
  operation: 'readQueueHistory',
  method: 'get',
  path: '/api/queue/history',
  summary: 'Jobs that ended, by hour, and how long their runs took; kept for 400 days',
  allow: reads,
  query: queueHistoryQuery,
  answers: { 200: queueHistory },
});

export const readQueueGroups = route({
  operation: 'readQueueGroups',
  method: 'get',
  path: '/api/queue/groups',
  summary: 'Jobs that failed, by their cause',
  allow: reads,
  query: groupsQuery,
  answers: { 200: queueGroups },
});

export const listPauses = route({
  operation: 'listPauses',
  method: 'get',
  path: '/api/queue/pauses',
  summary: 'Which clusters begin no jobs, since when and why',
  allow: reads,
  answers: { 200: pausesAnswer },
});

export const retryJob = route({
  operation: 'retryJob',
  method: 'post',
  path: '/api/queue/jobs/:jobId/retry',
  summary: 'Send a failed job again',
  allow: acts,
  body: maybeReason,
  answers: { 202: accepted },
  failures: ['job_not_failed'],
  idempotent: true,
});

export const promoteJob = route({
  operation: 'promoteJob',
  method: 'post',
  path: '/api/queue/jobs/:jobId/promote',
  summary: 'Make a delayed job due now',
  allow: acts,
  body: maybeReason,
  answers: { 202: accepted },
  failures: ['job_not_delayed'],
  idempotent: true,
});

export const removeJob = route({
  operation: 'removeJob',
  method: 'delete',
  path: '/api/queue/jobs/:jobId',
  summary: 'End a job that waits as failed (job_removed), or take a finished one out of the lists',
  allow: acts,
  query: removeQuery,
  answers: { 204: null },
  failures: ['job_active'],
});
