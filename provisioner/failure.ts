/**
 * Why a job did not reach its generation: a closed list of codes, each with whether trying again can help. Wrong values,
 * charts and names stay wrong; places, quotas and machines are mended by people while the job waits for its next run.
 */
import type { JobEvent } from '../src/contracts/jobs.ts';
import { err } from '../src/lib/result.ts';

export const retryable = {
  helm_missing: true,
  helm_failed: true,
  helm_killed: true,
  chart_broken: false,
  values_invalid: true,
  kubeconfig_invalid: true,
  cluster_unreachable: true,
  control_plane_unreachable: true,
  forbidden: false,
  namespace_taken: false,
  namespace_terminating: true,
  secret_damaged: false,
  secret_lost: false,
  claim_lost: false,
  release_busy: true,
  pod_security: false,
  quota_exceeded: true,
  not_ready: true,
  timeout: true,
  internal: true,
} as const satisfies Record<string, boolean>;
export type FailureCode = keyof typeof retryable;

export type Failure = { kind: 'failed'; code: FailureCode; message: string; events: JobEvent[] };
/** The lease is no longer ours: stop, and say nothing. */
export type Lost = { kind: 'lost' };
/** Why a job's steps stopped. */
export type Stop = Failure | Lost;

export const lost: Lost = { kind: 'lost' };

/** A failed step. */
export const failed = (code: FailureCode, message: string, events: JobEvent[] = []) =>
  err<Failure>({ kind: 'failed', code, message, events });

/** Bounds of the wire (contracts/jobs.ts); longer texts are cut, and lines are joined: a reason is one line. */
const messageMax = 2000;
const objectMax = 300;
const reasonMax = 200;
const eventsMax = 50;

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A failure as POST …/fail takes it. */
export function toWire(failure: Failure): {
  code: FailureCode;
  message: string;
  events: JobEvent[];
  retryable: boolean;
} {
  return {
    code: failure.code,
    message: cut(oneLine(failure.message), messageMax),
    events: failure.events.slice(0, eventsMax).map((event) => ({
      object: cut(oneLine(event.object), objectMax),
      reason: cut(oneLine(event.reason), reasonMax),
      message: cut(oneLine(event.message), messageMax),
    })),
    retryable: retryable[failure.code],
  };
}
