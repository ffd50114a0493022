/**
 * How long a lease lets us work. Pure arithmetic in monotonic milliseconds. The rule (spec §6): whatever a job starts has
 * ended before its lease does, because after that another provisioner may start on the same namespace.
 */

/** Two instants on our monotonic clock. */
export type Deadlines = {
  /** Nothing that changes the cluster runs after this. */
  workUntil: number;
  /** The lease's end; results are worth sending until then. */
  leaseUntil: number;
};

/** Kept free at the lease's end for reading events and reporting the result. */
const reportReserveMs = 15_000;
/** Time-outs below this don't start a helm that changes something: it would be killed in the middle. */
export const helmChangeMinMs = 4_000;
/** The same for one that only reads. */
export const helmReadMinMs = 1_500;

/**
 * Deadlines of a lease that was asked for at `sentAt`. The API's two times are only subtracted from each other, and the
 * length is counted from before the request was sent, so that neither its clock nor the way there can lengthen the lease.
 * `timeoutMs` is the job's, `capMs` this provisioner's JOB_TIMEOUT_MS. Unreadable times give a lease that is over.
 */
export function deadlinesOf(lease: {
  sentAt: number;
  leaseUntil: string;
  serverTime: string;
  timeoutMs: number;
  capMs: number | undefined;
}): Deadlines {
  const length = Date.parse(lease.leaseUntil) - Date.parse(lease.serverTime);
  const leaseMs = Number.isFinite(length) ? Math.max(0, length) : 0;
  const leaseUntil = lease.sentAt + leaseMs;
  const timeoutMs = Math.max(0, Math.min(lease.timeoutMs, lease.capMs ?? lease.timeoutMs));
  const reserveMs = Math.min(reportReserveMs, leaseMs / 4);
  return { workUntil: Math.min(lease.sentAt + timeoutMs, leaseUntil - reserveMs), leaseUntil };
}

/**
 * Whole seconds for the kill timer (`timeout -s KILL n`), rounded down so that it never outlasts the deadline; null when
 * less than `minMs` is left and nothing should be started. Never 0, which would mean "no timer" to `timeout`.
 */
export function killAfterSeconds(now: number, workUntil: number, minMs: number): number | null {
  const left = workUntil - now;
  const seconds = Math.floor(left / 1000);
  return left < minMs || seconds < 1 ? null : seconds;
}

/** Part of a run that is kept for helm to end by itself and, after a failed upgrade, for rolling back. */
const endReserveMaxSeconds = 60;
const endReserveMinSeconds = Math.ceil(helmChangeMinMs / 1000) + 1;

/**
 * Helm's own `--timeout` inside a kill timer: shorter, so that helm normally ends by itself and says why. A quarter of the
 * time is kept for what comes after, at most a minute, enough for a roll-back where half the time allows it.
 */
export function waitSeconds(killSeconds: number): number {
  const quarter = Math.min(endReserveMaxSeconds, Math.ceil(killSeconds / 4));
  const reserve = Math.min(Math.max(quarter, endReserveMinSeconds), Math.ceil(killSeconds / 2));
  return Math.max(1, killSeconds - reserve);
}
