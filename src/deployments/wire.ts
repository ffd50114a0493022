/** From a leased job to what the provisioner reads. Pure. */
import type { LeasedJob } from '../contracts/jobs.ts';
import { iso } from '../lib/time.ts';
import type { RenderedJob } from '../workflows/provisioning/lease-job.ts';
import { appReporterSecret, releaseOf, reporterSecret } from './deployment.ts';

/** POST /api/provisioner/jobs/next. `now` is the instant of the lease, ms. */
export const toLeasedJob = (leased: RenderedJob, now: number): LeasedJob => ({
  job: {
    id: leased.jobId,
    verb: leased.verb,
    customer_id: leased.customerId,
    short_id: leased.shortId,
    namespace: leased.namespace,
    release: releaseOf(leased.shortId),
  },
  lease_id: leased.leaseId,
  generation: leased.generation,
  attempt: leased.attempt,
  lease_until: iso(leased.leaseUntil),
  server_time: iso(now),
  timeout_ms: leased.timeoutMs,
  action: leased.action,
  phase: leased.phase,
  expects_data: leased.expectsData,
  claim_uid: leased.claimUid,
  values: leased.values,
  licence: leased.licence,
  reporter_id: leased.reporterId,
  reporters: [
    { id: leased.reporterId, secret: reporterSecret },
    ...(leased.applicationReporterId ? [{ id: leased.applicationReporterId, secret: appReporterSecret }] : []),
  ],
});
