/** The routes of provisioner: where they are, whom they admit, what they take and answer. */
import {
  accepted,
  completeBody,
  failBody,
  leasedJob,
  logsBody,
  nextBody,
  progressBody,
  reporterKeyBody,
} from '../jobs.ts';
import { route } from '../route.ts';

/** A full batch of the longest lines, each character of four bytes, fits. */
const logsBytesMax = 512 * 1024;

const allow = { provisioner: true } as const;

export const nextJob = route({
  operation: 'nextJob',
  method: 'post',
  path: '/api/provisioner/jobs/next',
  summary: 'Lease the oldest due job of the cluster; 204 when none is due',
  allow,
  body: nextBody,
  answers: { 200: leasedJob, 204: null },
});

export const reportProgress = route({
  operation: 'reportProgress',
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/progress',
  summary: 'How far a run is; does not extend the lease',
  allow,
  body: progressBody,
  answers: { 200: accepted },
  failures: ['lease_lost'],
});

export const sendJobLogs = route({
  operation: 'sendJobLogs',
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/logs',
  summary: 'Lines of what a run does, for the queue console; those of the job’s last lease count',
  allow,
  body: logsBody,
  answers: { 200: accepted },
  failures: ['lease_lost'],
  wireBytesMax: logsBytesMax,
});

export const completeJob = route({
  operation: 'completeJob',
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/complete',
  summary: 'The deployment has been brought to the generation',
  allow,
  body: completeBody,
  answers: { 200: accepted },
  failures: ['lease_lost', 'generation_stale'],
});

export const failJob = route({
  operation: 'failJob',
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/fail',
  summary: 'The run failed, and why',
  allow,
  body: failBody,
  answers: { 200: accepted },
  failures: ['lease_lost', 'generation_stale'],
});

export const registerReporterKey = route({
  operation: 'registerReporterKey',
  method: 'put',
  path: '/api/provisioner/reporters/:reporterId',
  summary: "Register the hash of the reporter's key that the provisioner made",
  allow,
  body: reporterKeyBody,
  answers: { 200: accepted },
  failures: ['lease_lost', 'key_revoked'],
});
