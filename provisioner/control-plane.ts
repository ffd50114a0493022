/**
 * The provisioner's side of the job protocol (contracts/jobs.ts): one HTTP call each, with a time-out. Owns what an answer
 * means; when to call again is the caller's. `next` is never repeated blindly: an answer that was lost costs its lease.
 */
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { problemBody } from '../src/contracts/common.ts';
import {
  type completeBody,
  type FailBody,
  type LeasedJob,
  leasedJob,
  type progressBody,
  type reporterKeyBody,
} from '../src/contracts/jobs.ts';
import type { Monotonic } from './clock.ts';
import { messageOf } from './message.ts';

/** A lease and when it was asked for, on our clock. */
export type Claim = { job: LeasedJob; sentAt: number };
export type NextAnswer = { kind: 'job'; claim: Claim } | { kind: 'none' } | { kind: 'unavailable'; reason: string };
/** `refused`: the API understood and said no for good, e.g. `lease_lost`. `unavailable`: nothing is decided. */
export type Answer =
  | { kind: 'ok' }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unavailable'; reason: string };

export type ControlPlane = {
  next(): Promise<NextAnswer>;
  progress(jobId: string, body: z.infer<typeof progressBody>): Promise<Answer>;
  complete(jobId: string, body: z.infer<typeof completeBody>): Promise<Answer>;
  fail(jobId: string, body: FailBody): Promise<Answer>;
  registerReporter(reporterId: string, body: z.infer<typeof reporterKeyBody>): Promise<Answer>;
  close(): Promise<void>;
};

const connectTimeoutMs = 5_000;
const callTimeoutMs = 15_000;
/** Progress is for people to watch: late progress is worth nothing. */
const progressTimeoutMs = 5_000;

/** Statuses that say "not now" rather than "no"; 401 and 403 too: a token may be registered after we have started. */
const notNow = (status: number): boolean => status >= 500 || [401, 403, 408, 429].includes(status);

export function controlPlane(baseUrl: string, token: string, now: Monotonic): ControlPlane {
  const agent = new Agent({ connect: { timeout: connectTimeoutMs } });
  const root = baseUrl.replace(/\/+$/, '');

  async function send(method: 'POST' | 'PUT', path: string, body: unknown, timeoutMs = callTimeoutMs) {
    const answer = await request(`${root}/api/provisioner${path}`, {
      method,
      dispatcher: agent,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  async function tell(method: 'POST' | 'PUT', path: string, body: unknown, timeoutMs?: number): Promise<Answer> {
    try {
      const { status, text } = await send(method, path, body, timeoutMs);
      if (status >= 200 && status < 300) return { kind: 'ok' };
      const problem = problemOf(text, status);
      return notNow(status)
        ? { kind: 'unavailable', reason: reasonOf(status, problem) }
        : { kind: 'refused', ...problem };
    } catch (error) {
      return { kind: 'unavailable', reason: messageOf(error) };
    }
  }

  return {
    async next() {
      const sentAt = now();
      try {
        const { status, text } = await send('POST', '/jobs/next', {});
        if (status === 204) return { kind: 'none' };
        if (status !== 200) return { kind: 'unavailable', reason: reasonOf(status, problemOf(text, status)) };
        const parsed = leasedJob.safeParse(JSON.parse(text));
        if (parsed.success) return { kind: 'job', claim: { job: parsed.data, sentAt } };
        const [issue] = parsed.error.issues;
        return {
          kind: 'unavailable',
          reason: `a job of another form than ours (${issue?.path.join('.')}): versions differ`,
        };
      } catch (error) {
        return { kind: 'unavailable', reason: messageOf(error) };
      }
    },
    progress: (jobId, body) => tell('POST', `/jobs/${jobId}/progress`, body, progressTimeoutMs),
    complete: (jobId, body) => tell('POST', `/jobs/${jobId}/complete`, body),
    fail: (jobId, body) => tell('POST', `/jobs/${jobId}/fail`, body),
    registerReporter: (reporterId, body) => tell('PUT', `/reporters/${reporterId}`, body),
    close: () => agent.close(),
  };
}

function problemOf(text: string, status: number): { code: string; message: string } {
  try {
    const parsed = problemBody.pick({ code: true, message: true }).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // not JSON: something in between answered
  }
  return { code: `http_${status}`, message: `the API answered ${status}` };
}

function reasonOf(status: number, problem: { message: string }): string {
  if (status === 401 || status === 403) return `the API refuses PROVISIONER_TOKEN (${status})`;
  return `the API answered ${status}: ${problem.message}`;
}
