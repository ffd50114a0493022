/**
 * Why a job did not reach its generation: a closed list of codes, each with whether trying again can help and whose trouble
 * it is. Wrong values, charts and names stay wrong; quotas, rights and nodes are mended by people while the job waits
 * for its next run. Trouble of the cluster is no customer's: it is never final and uses up no run.
 */
import type { RunFailureCode as FailureCode } from '../src/contracts/deployment-failures.ts';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { err } from '../src/lib/result.ts';
import { redact } from './redact.ts';

export const retryable = {
  helm_missing: true,
  helm_failed: true,
  helm_killed: true,
  chart_broken: false,
  values_invalid: true,
  kubeconfig_invalid: true,
  cluster_unreachable: true,
  cluster_failing: true,
  control_plane_unreachable: true,
  forbidden: true,
  namespace_taken: false,
  namespace_terminating: true,
  secret_damaged: false,
  secret_lost: false,
  claim_lost: false,
  release_busy: true,
  pod_security: false,
  quota_exceeded: true,
  storage_class_missing: true,
  volume_full: true,
  not_ready: true,
  timeout: true,
  internal: true,
} as const satisfies Record<FailureCode, boolean>;
export type { FailureCode };

/**
 * Codes that name trouble of the cluster, of our rights in it, or of the machine that the provisioner runs on: whichever
 * customer's job had been there at that moment would have met it.
 */
const ofTheCluster: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'helm_missing',
  'helm_killed',
  'kubeconfig_invalid',
  'values_invalid',
  'cluster_unreachable',
  'cluster_failing',
  'control_plane_unreachable',
  'forbidden',
  'namespace_terminating',
  'storage_class_missing',
]);

/** Whose trouble a code names. `cluster`: the API delays the job, counts no run and never ends the job for it. */
export const scopeOf = (code: FailureCode): 'customer' | 'cluster' => (ofTheCluster.has(code) ? 'cluster' : 'customer');

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
/** As it may leave the provisioner: one line without what could be a credential, since people read it on a page. */
const oneLine = (text: string): string => redact(text.replace(/\s+/g, ' ').trim());

/** A failure as POST …/fail takes it. */
export function toWire(failure: Failure): {
  code: FailureCode;
  message: string;
  events: JobEvent[];
  retryable: boolean;
  scope: 'customer' | 'cluster';
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
    scope: scopeOf(failure.code),
  };
}
