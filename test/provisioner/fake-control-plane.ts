/**
 * The other side of the job protocol for tests: leases, refusals and the doorbell's pull API over real HTTP, in memory. It
 * judges bodies by the contract's own schemas. It is strict where the Worker is; scheduling is simpler: what failed and
 * may be tried again is due at once, and what a comparison finds is healed by nobody.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  completeBody,
  failBody,
  type JobAction,
  nextBody,
  type Phase,
  progressBody,
  reporterKeyBody,
} from '../../src/contracts/jobs.ts';
import { type IdKind, newId } from '../../src/lib/ids.ts';
import { newKey } from '../../src/lib/keys.ts';
import { fakeDoorbell } from './fake-doorbell.ts';
import { type FakeDeployment, type FakeJob, fakeDeployment, keepLines, keptClaim, leasedBody } from './fake-job.ts';

const random = (bytes: number) => randomBytes(bytes);
/** How long trouble of the cluster puts a job off. */
const putOffMs = 500;
const id = (kind: IdKind) => newId(kind, random);

export type FakeOptions = { timeoutMs?: number; runsMax?: number; clockSkewMs?: number };

export type FakeControlPlane = Awaited<ReturnType<typeof startFakeControlPlane>>;

export async function startFakeControlPlane(options: FakeOptions = {}) {
  const { runsMax = 3, clockSkewMs = 0 } = options;
  /** May be changed by a test between jobs. */
  const times = { timeoutMs: options.timeoutMs ?? 300_000 };
  const leaseExtraMs = 60_000;
  const token = newKey(id('provisioner'), random);
  const queueToken = 'queue-token';
  const jobs: FakeJob[] = [];
  const queue = fakeDoorbell();
  const { bells, ring } = queue;
  const reporters = new Map<string, string>();
  /** Hashes of keys that a person has revoked. */
  const revoked = new Set<string>();
  const seen = { next: 0, refused: [] as string[] };
  const faults = { api: false, logs: false, queue: false, loseResultAnswers: 0, holdRetries: false };

  /** Changes the desired state: a new generation, a job if none waits, a ring. */
  function want(on: FakeDeployment, phase: Phase, quiet = false): FakeJob {
    on.phase = phase;
    on.generation += 1;
    const waiting = jobs.find((job) => job.deployment === on && job.state === 'waiting' && job.action === 'reconcile');
    return waiting ?? queued(on, 'reconcile', quiet);
  }

  /** A job that compares and changes nothing. */
  const compare = (on: FakeDeployment): FakeJob => queued(on, 'drift');

  function queued(on: FakeDeployment, action: JobAction, quiet = false): FakeJob {
    const job: FakeJob = {
      id: id('job'),
      deployment: on,
      action,
      state: 'waiting',
      held: false,
      lease: null,
      attempts: 0,
      expired: 0,
      failures: [],
      delays: [],
      progress: [],
      lastLease: null,
      logs: [],
      drift: [],
    };
    jobs.push(job);
    if (!quiet) ring();
    return job;
  }

  function expireLeases(now = Date.now()): void {
    for (const job of jobs) {
      if (job.state !== 'active' || job.lease === null || job.lease.until > now) continue;
      job.state = 'waiting';
      job.lease = null;
      job.expired += 1;
    }
  }

  function next() {
    seen.next += 1;
    expireLeases();
    const busy = new Set(jobs.filter((job) => job.state === 'active').map((job) => job.deployment));
    const job = jobs.find(
      (candidate) => candidate.state === 'waiting' && !candidate.held && !busy.has(candidate.deployment),
    );
    if (!job) return null;
    const now = Date.now();
    job.state = 'active';
    job.attempts += 1;
    const lease = {
      id: id('lease'),
      until: now + times.timeoutMs + leaseExtraMs,
      generation: job.deployment.generation,
      phase: job.deployment.phase,
    };
    job.lease = lease;
    job.lastLease = lease.id;
    return leasedBody(job, lease, { now, clockSkewMs, timeoutMs: times.timeoutMs });
  }

  /** The job if the lease still holds it. */
  const held = (jobId: string | undefined, leaseId: string): FakeJob | undefined => {
    expireLeases();
    return jobs.find((job) => job.id === jobId && job.state === 'active' && job.lease?.id === leaseId);
  };

  function settle(job: FakeJob, body: Result, failure: FakeJob['failures'][number] | null): void {
    const on = job.deployment;
    const leasedPhase = job.lease?.phase;
    job.lease = null;
    if (failure?.scope === 'cluster' && job.action === 'reconcile') {
      putOff(job, failure);
      return;
    }
    if (failure) job.failures.push(failure);
    if (failure?.retryable && job.action === 'reconcile' && job.failures.length < runsMax) {
      job.state = 'waiting';
      job.held = faults.holdRetries;
      ring();
      return;
    }
    job.state = failure ? 'failed' : 'completed';
    if (!failure) on.claimUid = keptClaim(job, body.claim_uid);
    if (job.action === 'drift') return;
    on.status = failure ? 'failed' : 'ready';
    if (failure) return;
    on.observed = Math.max(on.observed, body.generation);
    on.expectsData ||= leasedPhase === 'running';
  }

  /** Trouble of the cluster is no run; the job is due again a little later. */
  function putOff(job: FakeJob, failure: FakeJob['delays'][number]): void {
    job.delays.push(failure);
    job.state = 'waiting';
    job.held = true;
    setTimeout(() => release(job), putOffMs).unref();
  }

  /** A job that is held back may run now. */
  function release(job: FakeJob): void {
    job.held = false;
    ring();
  }

  function lost(what: string): [number, unknown] {
    seen.refused.push(what);
    return problem(409, 'lease_lost');
  }

  function provisionerRoute(method: string, path: string[], body: unknown): [number, unknown] {
    if (method === 'POST' && path.join('/') === 'jobs/next') {
      nextBody.parse(body);
      const job = next();
      return job ? [200, job] : [204, null];
    }
    if (method === 'PUT' && path[0] === 'reporters') return reporterRoute(path[1] ?? '', body);
    const [, jobId, verb] = path;
    if (verb === 'progress') return progressRoute(jobId, body);
    if (verb === 'logs') return keepLines(jobs, jobId, body) ? [200, { success: true }] : lost('logs');
    return resultRoute(jobId, verb ?? '', verb === 'complete' ? parseComplete(body) : parseFail(body));
  }

  function reporterRoute(reporterId: string, body: unknown): [number, unknown] {
    const { lease_id, key_hash } = reporterKeyBody.parse(body);
    const job = jobs.find((candidate) => candidate.lease?.id === lease_id);
    if (!held(job?.id, lease_id)) return lost('reporter');
    if (revoked.has(key_hash)) return problem(409, 'key_revoked');
    reporters.set(reporterId, key_hash);
    return [200, { success: true }];
  }

  function progressRoute(jobId: string | undefined, body: unknown): [number, unknown] {
    const { lease_id, percent, message } = progressBody.parse(body);
    const job = held(jobId, lease_id);
    if (!job) return lost('progress');
    job.progress.push({ percent, message });
    return [200, { success: true }];
  }

  function resultRoute(jobId: string | undefined, verb: string, result: Result): [number, unknown] {
    const job = held(jobId, result.lease_id);
    if (!job) return lost(verb);
    if (job.lease?.generation !== result.generation) {
      seen.refused.push('generation');
      return problem(409, 'generation_stale');
    }
    if (result.claim_uid !== undefined && job.deployment.claimUid === undefined) return problem(400, 'unknown_field');
    job.drift = result.drift;
    settle(job, result, result.failure);
    return [200, { success: true }];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').filter(Boolean);
    const isQueue = path[0] === 'accounts';
    if (isQueue ? faults.queue : faults.api || (faults.logs && path.at(-1) === 'logs'))
      return send(response, 503, { success: false, errors: [{ code: 1, message: 'down' }] });
    if (request.headers.authorization !== `Bearer ${isQueue ? queueToken : token}`) {
      return send(response, 401, problem(401, 'unauthorized')[1]);
    }
    const body: unknown = JSON.parse(text || '{}');
    const [status, value] = isQueue
      ? queue.route(path, body)
      : provisionerRoute(request.method ?? '', path.slice(2), body);
    if (loses(path.at(-1))) return void request.socket.destroy();
    send(response, status, value);
  }

  /** Whether the answer to a result is to be lost on its way. */
  function loses(verb: string | undefined): boolean {
    if (faults.loseResultAnswers === 0 || (verb !== 'complete' && verb !== 'fail')) return false;
    faults.loseResultAnswers -= 1;
    return true;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      send(response, 422, { code: 'bad_body', message: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    token,
    /** The variables that a provisioner of this control plane needs, without a cluster. */
    env: {
      BILLING_API_URL: url,
      PROVISIONER_TOKEN: token,
      QUEUE_API_URL: url,
      QUEUE_ACCOUNT_ID: 'acc',
      QUEUE_ID: 'bells',
      QUEUE_API_TOKEN: queueToken,
    },
    jobs,
    bells,
    reporters,
    revoked,
    seen,
    queueSeen: queue.seen,
    faults,
    times,
    deployment: fakeDeployment,
    want,
    compare,
    ring,
    /** A retry that `holdRetries` held back may run now. */
    release,
    /** Ends the lease of a job now, as if its time had run out. */
    expire: (job: FakeJob) => {
      if (job.lease) job.lease.until = 0;
      expireLeases();
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type Result = ReturnType<typeof parseFail> | ReturnType<typeof parseComplete>;

function parseComplete(body: unknown) {
  const { drift = [], ...result } = completeBody.parse(body);
  return { ...result, drift, failure: null };
}

function parseFail(body: unknown) {
  const { lease_id, generation, ...failure } = failBody.parse(body);
  return { lease_id, generation, claim_uid: undefined, drift: [], failure };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function problem(status: number, code: string): [number, unknown] {
  return [status, { success: false, error: code, code, message: code, details: {}, timestamp: '', request_id: '' }];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
