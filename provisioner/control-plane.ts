/**
 * The provisioner's side of the job protocol (contracts/jobs.ts): one HTTP call each, with a time-out. Owns what an answer
 * means; when to call again is the caller's. `next` is never repeated blindly: an answer that was lost costs its lease. It does
 * not call by contracts/call.ts: of each answer it reads what this version needs, for an API that may be older or newer.
 */
import { z } from 'zod';
import {
  type completeBody,
  type FailBody,
  type LeasedJob,
  leasedJob,
  type logsBody,
  type progressBody,
  type reporterKeyBody,
} from '../src/contracts/jobs.ts';
import { type ApiFailure, type Call, openApiClient, sentenceOf } from '../src/lib/api-client.ts';
import { dispatcherTransport } from '../src/lib/dispatcher-transport.ts';
import type { Monotonic } from './clock.ts';
import { dispatcherThrough } from './dispatcher.ts';

/** A lease and when it was asked for, on our clock. */
export type Claim = { job: LeasedJob; sentAt: number };
/** Nothing is decided. `retryAfterMs` is how long the API asks to be left alone, 0 when it does not say. */
export type Unavailable = { kind: 'unavailable'; reason: string; retryAfterMs: number };
export type NextAnswer = { kind: 'job'; claim: Claim } | { kind: 'none' } | Unavailable;
/** `refused`: the API understood and said no for good, e.g. `lease_lost`. */
export type Answer = { kind: 'ok' } | { kind: 'refused'; code: string; message: string } | Unavailable;

export type ControlPlane = {
  next(): Promise<NextAnswer>;
  progress(jobId: string, body: z.infer<typeof progressBody>): Promise<Answer>;
  logs(jobId: string, body: z.infer<typeof logsBody>): Promise<Answer>;
  complete(jobId: string, body: z.infer<typeof completeBody>): Promise<Answer>;
  fail(jobId: string, body: FailBody): Promise<Answer>;
  registerReporter(reporterId: string, body: z.infer<typeof reporterKeyBody>): Promise<Answer>;
  close(): Promise<void>;
};

const connectTimeoutMs = 5_000;
const callTimeoutMs = 15_000;
/** Progress and logs are for people to watch: late progress is worth nothing. */
const progressTimeoutMs = 5_000;

/** 204 is an empty body. */
const nextForm = leasedJob.nullable();
/** The status says it all. */
const anyForm = z.unknown();

/**
 * @param now for when a lease was asked for; the API's own times are never compared with it
 * @param proxy the URL of the proxy that the API is asked through, if any
 */
export function controlPlane(baseUrl: string, token: string, now: Monotonic, proxy?: string): ControlPlane {
  const agent = dispatcherThrough(proxy, { connect: { timeout: connectTimeoutMs } });
  const client = openApiClient({
    baseUrl,
    credential: () => token,
    transport: dispatcherTransport(agent),
    now: Date.now,
    timeoutMs: callTimeoutMs,
  });

  async function tell(method: Call['method'], path: string, body: unknown, timeoutMs = callTimeoutMs): Promise<Answer> {
    const told = await client.ask({ method, path: `/api/provisioner${path}`, body, timeoutMs }, anyForm);
    if (told.ok) return { kind: 'ok' };
    const { code, message } = told.error;
    return isDecided(told.error) ? { kind: 'refused', code, message } : unavailable(told.error);
  }

  return {
    async next() {
      const sentAt = now();
      const told = await client.ask({ method: 'POST', path: '/api/provisioner/jobs/next', body: {} }, nextForm);
      if (!told.ok) return unavailable(told.error);
      return told.value === null ? { kind: 'none' } : { kind: 'job', claim: { job: told.value, sentAt } };
    },
    progress: (jobId, body) => tell('POST', `/jobs/${jobId}/progress`, body, progressTimeoutMs),
    logs: (jobId, body) => tell('POST', `/jobs/${jobId}/logs`, body, progressTimeoutMs),
    complete: (jobId, body) => tell('POST', `/jobs/${jobId}/complete`, body),
    fail: (jobId, body) => tell('POST', `/jobs/${jobId}/fail`, body),
    registerReporter: (reporterId, body) => tell('PUT', `/reporters/${reporterId}`, body),
    close: () => agent.close(),
  };
}

/** 401 and 403 decide nothing: a token may be registered after the provisioner has started. */
const refusesToken = ({ status }: ApiFailure): boolean => status === 401 || status === 403;
const isDecided = (failure: ApiFailure): boolean => failure.kind === 'refused' && !refusesToken(failure);

function unavailable(failure: ApiFailure): Unavailable {
  const reason = refusesToken(failure) ? `the API refuses PROVISIONER_TOKEN (${failure.status})` : sentenceOf(failure);
  return { kind: 'unavailable', reason, retryAfterMs: failure.retryAfterMs ?? 0 };
}
