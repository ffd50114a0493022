/** The provisioner's protocol: lease, progress, result. A provisioner sees only its own cluster's jobs. */
import {
  accepted,
  completeBody,
  failBody,
  leasedJob,
  nextBody,
  progressBody,
  reporterKeyBody,
} from '../contracts/jobs.ts';
import type { Principal } from '../credentials/principal.ts';
import {
  type Call,
  type Endpoint,
  endpoint,
  type Outcome,
  param,
  refuse,
  reply,
  type Services,
} from '../http/endpoint.ts';
import type { Failure } from '../http/problem.ts';
import { deliverSoon, depsOf, keyringOf } from '../wiring.ts';
import { registerReporterKey } from '../workflows/metering/register-reporter-key.ts';
import { completeJob, failJob } from '../workflows/provisioning/finish-job.ts';
import { leaseJob } from '../workflows/provisioning/lease-job.ts';
import { type Fence, progress } from './job-store.ts';

const allow = { provisioner: true } as const;

function clusterOf(principal: Principal): string {
  if (principal.kind !== 'provisioner') throw new Error('the route admits provisioners only');
  return principal.clusterId;
}

const leaseLost: Failure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

const next = endpoint({
  method: 'post',
  path: '/api/provisioner/jobs/next',
  summary: 'Lease the oldest due job of the cluster; 204 when none is due',
  allow,
  body: nextBody,
  answers: { 200: leasedJob, 204: null },
  handle: async (call) => {
    const settings = {
      timeoutBaseMs: call.env.JOB_TIMEOUT_MS,
      baseDomain: call.env.BASE_DOMAIN,
      publicUrl: call.env.PUBLIC_URL,
      keyring: await keyringOf(call),
    };
    const leased = await leaseJob(depsOf(call), settings, clusterOf(call.principal));
    return leased ? reply(200, leased) : reply(204);
  },
});

const progressRoute = endpoint({
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/progress',
  summary: 'How far a run is; does not extend the lease',
  allow,
  body: progressBody,
  answers: { 200: accepted },
  handle: async (call) => {
    const { lease_id: leaseId, percent, message } = call.body;
    const held = await progress(call.db, {
      clusterId: clusterOf(call.principal),
      jobId: param(call, 'jobId'),
      leaseId,
      percent,
      message,
      now: call.now(),
    });
    return held ? reply(200, { success: true }) : refuse(leaseLost);
  },
});

/** A result's claim to count, as the body and the caller make it. */
const fenceOf = (call: Call<{ lease_id: string; generation: number }, unknown>, now: number): Fence => ({
  clusterId: clusterOf(call.principal),
  jobId: param(call, 'jobId'),
  leaseId: call.body.lease_id,
  generation: call.body.generation,
  now,
});

/** The answer to a result; a newer desired state that waits is rung for at once. */
function finished(call: Services, done: Awaited<ReturnType<typeof completeJob>>): Outcome {
  if (!done.ok) return refuse(done.error);
  deliverSoon(call, done.value.outboxIds);
  return reply(200, { success: true });
}

const complete = endpoint({
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/complete',
  summary: 'The deployment has been brought to the generation',
  allow,
  body: completeBody,
  answers: { 200: accepted },
  handle: async (call) => {
    const deps = depsOf(call);
    return finished(call, await completeJob(deps, fenceOf(call, deps.now)));
  },
});

const fail = endpoint({
  method: 'post',
  path: '/api/provisioner/jobs/:jobId/fail',
  summary: 'The run failed, and why',
  allow,
  body: failBody,
  answers: { 200: accepted },
  handle: async (call) => {
    const deps = depsOf(call);
    const limits = { runsMax: call.env.QUEUE_MAX_RETRY, backoffMs: call.env.QUEUE_BACKOFF_DELAY };
    return finished(call, await failJob(deps, fenceOf(call, deps.now), call.body, limits));
  },
});

const reporterKey = endpoint({
  method: 'put',
  path: '/api/provisioner/reporters/:reporterId',
  summary: "Register the hash of the reporter's key that the provisioner made",
  allow,
  body: reporterKeyBody,
  answers: { 200: accepted },
  handle: async (call) => {
    const done = await registerReporterKey(depsOf(call), call.env.usageShards, {
      clusterId: clusterOf(call.principal),
      reporterId: param(call, 'reporterId'),
      leaseId: call.body.lease_id,
      keyHash: call.body.key_hash,
    });
    return done.ok ? reply(200, { success: true }) : refuse(done.error);
  },
});

export const provisionerEndpoints: readonly Endpoint[] = [next, progressRoute, complete, fail, reporterKey];
