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
/** The least time for a helm that changes something: with less it would be killed in the middle, so it is not started. */
export const helmChangeMinMs = 4_000;
/** The least time for a helm that only reads. */
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

/** Part of a helm's run that is kept for helm to end by itself and say why, beside its own `--timeout`. */
const endReserveMinSeconds = 2;
const endReserveMaxSeconds = 30;

/** Helm's own `--timeout` inside a kill timer: shorter, so that helm normally ends by itself. */
export function waitSeconds(killSeconds: number): number {
  const eighth = Math.ceil(killSeconds / 8);
  const reserve = Math.min(Math.max(eighth, endReserveMinSeconds), endReserveMaxSeconds, Math.ceil(killSeconds / 2));
  return Math.max(1, killSeconds - reserve);
}

/** A roll-back is a history, what ran, and a helm that applies without waiting: seconds, on a busy machine more. */
const rollbackReserveMinMs = helmChangeMinMs + 2 * helmReadMinMs + 1_500;
const rollbackReserveMaxMs = 45_000;

/**
 * Until when an upgrade may run that is to be rolled back when it fails: a fifth of the time that is left is kept for the
 * roll-back, whatever ends the upgrade, its kill timer too. Of very little time half.
 */
export function upgradeUntil(now: number, workUntil: number): number {
  const left = Math.max(0, workUntil - now);
  return workUntil - Math.min(Math.max(left / 5, rollbackReserveMinMs), rollbackReserveMaxMs, left / 2);
}

/**
 * Until when a suspension may work on the release: the rest of its time is kept for seeing the pods go, which is what a
 * suspension is.
 */
export const releaseUntil = (now: number, workUntil: number): number => now + Math.max(0, workUntil - now) * 0.6;
