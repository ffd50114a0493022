/** Deployments and jobs of the fake control plane, and the body that leases one of them. */
import { randomBytes } from 'node:crypto';
import {
  type ChartValues,
  type DriftEntry,
  type JobAction,
  type LogLine,
  leasedJob,
  logsBody,
  type Phase,
} from '../../src/contracts/jobs.ts';
import { type IdKind, namespaceOf, newId, shortIdOf } from '../../src/lib/ids.ts';

const id = (kind: IdKind) => newId(kind, (bytes) => randomBytes(bytes));

export type FakeDeployment = {
  customerId: string;
  shortId: string;
  namespace: string;
  release: string;
  reporterId: string;
  /** The application's; null for an API that knows one reporter alone. */
  appReporterId: string | null;
  licence: string;
  companyName: string;
  /** The cluster's, as its administrator has named it. */
  storageClass: string;
  /** The plan's; undefined: of an API that sends none. */
  quota: ChartValues['quota'];
  phase: Phase;
  /** Suspended with its last window not reported yet. */
  draining: boolean;
  /** Its database has run, and its data is kept. */
  expectsData: boolean;
  /** The uid of the claim with that data, as a result told it; undefined: an API that keeps none. */
  claimUid: string | null | undefined;
  generation: number;
  observed: number;
  status: 'pending' | 'ready' | 'failed';
};
/** Until: ms of the control plane's clock. */
export type FakeLease = { id: string; until: number; generation: number; phase: Phase };

export type FakeFailure = {
  code: string;
  message: string;
  events: unknown[];
  retryable: boolean;
  scope: 'customer' | 'cluster';
};

export type FakeJob = {
  id: string;
  deployment: FakeDeployment;
  action: JobAction;
  state: 'waiting' | 'active' | 'completed' | 'failed';
  /** Waits for `release`: a retry whose time has not come. */
  held: boolean;
  lease: FakeLease | null;
  attempts: number;
  expired: number;
  /** Failed runs. */
  failures: FakeFailure[];
  /** Reported trouble of the cluster: the job was put off, and no run was counted. */
  delays: FakeFailure[];
  progress: { percent: number; message: string }[];
  /** The last lease that it had, and the lines of its runs. */
  lastLease: string | null;
  logs: (LogLine & { lease_id: string })[];
  /** What its completion said beside being done. */
  drift: DriftEntry[];
};

/** A deployment that nobody has wanted anything of yet. */
export function fakeDeployment(companyName = 'Acme'): FakeDeployment {
  const customerId = id('customer');
  const shortId = shortIdOf(customerId);
  return {
    customerId,
    shortId,
    namespace: namespaceOf(shortId),
    release: `c${shortId}`,
    reporterId: id('reporter'),
    appReporterId: id('reporter'),
    licence: 'licence-1',
    companyName,
    storageClass: 'standard',
    quota: undefined,
    phase: 'running',
    draining: false,
    expectsData: false,
    claimUid: null,
    generation: 0,
    observed: 0,
    status: 'pending',
  };
}

/** A run's word on the claim replaces the one before it; a comparison's counts where there was none and data is expected. */
export function keptClaim({ action, deployment }: FakeJob, told: string | undefined): FakeDeployment['claimUid'] {
  const { claimUid, expectsData } = deployment;
  if (action === 'reconcile') return told ?? claimUid;
  return expectsData ? (claimUid ?? told) : claimUid;
}

/** Keeps lines of the last lease that a job had, each once; false where that is another one. */
export function keepLines(jobs: readonly FakeJob[], jobId: string | undefined, body: unknown): boolean {
  const { lease_id, lines } = logsBody.parse(body);
  const job = jobs.find((candidate) => candidate.id === jobId && candidate.lastLease === lease_id);
  if (!job) return false;
  const known = job.logs.findLast((line) => line.lease_id === lease_id)?.number ?? 0;
  job.logs.push(...lines.filter((line) => line.number > known).map((line) => ({ ...line, lease_id })));
  return true;
}

/** What `next` answers, in the contract's own shape; `clockSkewMs` is how far the control plane's clock is ahead. */
export function leasedBody(
  job: FakeJob,
  lease: FakeLease,
  times: { now: number; clockSkewMs: number; timeoutMs: number },
) {
  const on = job.deployment;
  return leasedJob.parse({
    job: {
      id: job.id,
      verb: 'deploy',
      customer_id: on.customerId,
      short_id: on.shortId,
      namespace: on.namespace,
      release: on.release,
    },
    lease_id: lease.id,
    generation: lease.generation,
    attempt: job.attempts,
    lease_until: new Date(lease.until + times.clockSkewMs).toISOString(),
    server_time: new Date(times.now + times.clockSkewMs).toISOString(),
    timeout_ms: times.timeoutMs,
    action: job.action,
    phase: lease.phase,
    expects_data: on.expectsData,
    claim_uid: on.claimUid,
    values: {
      customer: {
        id: on.customerId,
        shortId: on.shortId,
        organisationId: id('organisation'),
        companyName: on.companyName,
        email: 'a@example.com',
      },
      plan: 'starter',
      suspended: on.phase === 'suspended',
      metering: on.phase === 'running' || on.draining,
      baseDomain: 'example.com',
      billingApiUrl: 'https://billing.example.com',
      storageClass: on.storageClass,
      license: { publicKey: '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n' },
      monitoring: { dedicated: false, scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: false },
      quota: on.quota,
      ...(on.appReporterId === null
        ? {}
        : { reporterSecret: 'instance-reporter', appReporterSecret: 'instance-app-reporter' }),
    },
    licence: on.licence,
    reporter_id: on.reporterId,
    ...(on.appReporterId === null
      ? {}
      : {
          reporters: [
            { id: on.reporterId, secret: 'instance-reporter' },
            { id: on.appReporterId, secret: 'instance-app-reporter' },
          ],
        }),
  });
}
