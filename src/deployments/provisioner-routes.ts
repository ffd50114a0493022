/** The provisioner's protocol: lease, progress, result. A provisioner sees only its own cluster's jobs. */

import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/provisioner.ts';
import type { Principal } from '../credentials/principal.ts';
import { commit } from '../db/client.ts';
import { deed } from '../http/deed.ts';
import { type Call, type Endpoint, empty, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { ok } from '../lib/result.ts';
import { contextOf } from '../wiring.ts';
import { registerReporterKey } from '../workflows/metering/register-reporter-key.ts';
import { completeJob, failJob } from '../workflows/provisioning/finish-job.ts';
import { leaseJob } from '../workflows/provisioning/lease-job.ts';
import { type JobClaim, progress } from './job-store.ts';
import { append, isLastLease } from './log-store.ts';
import { toLeasedJob } from './wire.ts';

function clusterOf(principal: Principal): string {
  if (principal.kind !== 'provisioner') throw new Error('the route admits provisioners only');
  return principal.clusterId;
}

const leaseLost: Failure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

const next = endpoint({
  ...routes.nextJob,
  handle: async (call) => {
    const context = contextOf(call);
    const leased = await leaseJob(context, clusterOf(call.principal));
    return leased ? reply(200, toLeasedJob(leased, context.now)) : ok(empty(204));
  },
});

const progressRoute = endpoint({
  ...routes.reportProgress,
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

const logs = endpoint({
  ...routes.sendJobLogs,
  handle: async (call) => {
    const claim = { clusterId: clusterOf(call.principal), jobId: param(call, 'jobId'), leaseId: call.body.lease_id };
    if (!(await isLastLease(call.db, claim))) return refuse(leaseLost);
    await commit(
      call.db,
      append(
        claim,
        call.body.lines.map((line) => ({ ...line, at: Date.parse(line.at) })),
      ),
    );
    return reply(200, { success: true });
  },
});

/** A result's claim to count, as the body and the caller make it. */
const claimOf = (call: Call<{ lease_id: string; generation: number }, unknown>): JobClaim => ({
  clusterId: clusterOf(call.principal),
  jobId: param(call, 'jobId'),
  leaseId: call.body.lease_id,
  generation: call.body.generation,
});

const complete = deed({
  ...routes.completeJob,
  plan: (context, call) =>
    completeJob(context, claimOf(call), { drift: call.body.drift, claimUid: call.body.claim_uid }),
  answer: () => json(200, { success: true }),
});

const fail = deed({
  ...routes.failJob,
  plan: (context, call) => failJob(context, claimOf(call), call.body),
  answer: () => json(200, { success: true }),
});

const reporterKey = deed({
  ...routes.registerReporterKey,
  plan: (context, call) =>
    registerReporterKey(context, {
      clusterId: clusterOf(call.principal),
      reporterId: param(call, 'reporterId'),
      leaseId: call.body.lease_id,
      keyHash: call.body.key_hash,
    }),
  answer: () => json(200, { success: true }),
});

export const provisionerEndpoints: readonly Endpoint[] = [next, progressRoute, logs, complete, fail, reporterKey];
