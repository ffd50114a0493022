/**
 * The drain of a suspended deployment: the customer's pods stop at once, what meters them goes on until the last window
 * with any use is accounted for, so that it is billed and no gap (spec §3). Bounded: a reporter that cannot report must
 * not keep a stack half alive. Pure.
 *
 * How a drain ends, or never begins:
 * - the last window, or a later one, is accounted for (declared unavailable counts too): `reported`;
 * - exporter, Prometheus, API or queue did not answer until the bound, or the window was refused for good: `bound`; it stays a gap;
 * - the customer is reactivated, and perhaps deactivated again: the new desired state replaces it, with a drain of its own;
 * - the deployment's reporter was never active, had ended, or begins later: there is nothing to wait for.
 */
import { hourMs, minuteMs } from '../lib/time.ts';
import { endEdge } from '../reporters/reporter.ts';

/**
 * How long after the last window's end a drain lasts at most. The exporter may settle for an hour (the chart's limit for
 * `settleDelaySeconds`, two minutes by default); half an hour more is some eight tries of a queue that backs off to 15 minutes.
 */
const drainMsMax = hourMs + 30 * minuteMs;

/** What a drain needs to know of the deployment's reporter. */
export interface Metering {
  windowSeconds: number;
  activeFrom: number | null;
  activeUntil: number | null;
}

/** The end of the window that contains the suspension, ms; null when the reporter has none to report. */
export function lastWindowEnd(reporter: Metering | null, suspendedAt: number): number | null {
  if (!reporter || reporter.activeFrom === null) return null;
  const end = endEdge(suspendedAt, reporter.windowSeconds);
  const owned = reporter.activeFrom < end && (reporter.activeUntil === null || reporter.activeUntil >= end);
  return owned ? end : null;
}

export type DrainEnd = 'reported' | 'bound';

/** Why a drain is over, null while it is not. */
export function drainEndOf(drain: { windowEnd: number; reported: boolean }, now: number): DrainEnd | null {
  if (drain.reported) return 'reported';
  return now >= drain.windowEnd + drainMsMax ? 'bound' : null;
}
