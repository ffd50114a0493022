/**
 * Computes the windows that are due, in order, into the spool; and each once more two hours later. Starts at the API's
 * cursor. Sends nothing itself. While Prometheus does not answer, nothing is computed and nothing is skipped.
 */

import type { Logger } from 'pino';
import type { WindowReport } from '../src/contracts/usage.ts';
import { type ApiFailure, sentenceOf } from '../src/lib/api-client.ts';
import { err, type Result } from '../src/lib/result.ts';
import { hourMs } from '../src/lib/time.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { figuresOf } from './log.ts';
import type { Measure } from './measure.ts';
import type { PrometheusFailure } from './prometheus/failure.ts';
import type { BillingApi } from './sending/api.ts';
import type { OwnMeters } from './sending/own-meters.ts';
import { compareLooks } from './sending/second-look.ts';
import type { Spool } from './sending/spool.ts';
import { type StartAt, startAt } from './sending/start.ts';
import type { State } from './state.ts';

export interface CollectorParts {
  config: Config;
  clock: Clock;
  log: Logger;
  measure: Measure;
  own: OwnMeters;
  api: BillingApi;
  spool: Spool;
  state: State;
  /** The most windows of a pass; 48 without it. */
  windowsPerPass?: number;
}

/** What a pass came to; `refused` ends the program. */
export type Pass =
  | { kind: 'done'; nextAtMs: number }
  | { kind: 'more' }
  | { kind: 'failed'; source: 'prometheus' | 'api' | 'spool'; message: string; retryAfterMs?: number | null }
  | { kind: 'refused'; message: string };

/** Every window is computed once more this long after its end, because samples may come late. */
const secondLookMs = 2 * hourMs;
/** Whether a report was computed too early for its late samples. */
export const needsSecondLook = (report: WindowReport): boolean =>
  (report.revision ?? 0) < Date.parse(report.window_end ?? '') + secondLookMs;

/** A pass computes at most this many windows, with pauses, before they are sent: a long outage is no flood on Prometheus. */
const windowsPerPass = 48;
const catchUpPauseMs = 250;
/** How often an ended reporter asks whether it has been taken up again. */
const endedPauseMs = hourMs;

const unanswered = ({ kind, message }: PrometheusFailure): Pass => ({
  kind: 'failed',
  source: 'prometheus',
  message: `${kind}: ${message}`,
});
const unasked = (what: string, failure: ApiFailure): Pass => ({
  kind: 'failed',
  source: 'api',
  message: `${what}: ${sentenceOf(failure)}`,
  retryAfterMs: failure.retryAfterMs,
});
const unwritten: Pass = { kind: 'failed', source: 'spool', message: 'a report could not be written' };

export interface Collector {
  /** Computes what is due; ends early, with more to do, when the signal aborts. */
  collect(signal: AbortSignal): Promise<Pass>;
  /** Has windows computed again in the next pass: their pending reports cannot be read. */
  repair(startsMs: number[]): void;
  lookAgain(): Promise<Pass>;
}

export function createCollector(parts: CollectorParts): Collector {
  const { config, clock, log, api, spool, state, windowsPerPass: windowsMax = windowsPerPass } = parts;
  let position: StartAt | null = null;
  const damaged = new Set<number>();

  const locate = async (): Promise<Pass | StartAt> => {
    // A place in the future comes from a clock that was put back since: the API knows better.
    if (position && position.nextMs <= clock.now()) return position;
    const cursor = await api.cursor(config.customerId, config.instanceId, config.namespace);
    if (!cursor.ok) return unasked('cursor', cursor.error);
    const start = startAt(cursor.value, config.windowMs, config.backfillFromMs);
    if (!start.ok) return { kind: 'refused', message: start.error };
    log.info(
      { cursor: cursor.value.cursor, from: new Date(start.value.nextMs).toISOString() },
      'Going on at the cursor',
    );
    position = start.value;
    return position;
  };

  const collect = async (signal: AbortSignal): Promise<Pass> => {
    const at = await locate();
    if ('kind' in at) return at;
    const unrepaired = await mend();
    if (unrepaired) return unrepaired;
    // Windows are hours at most; a longer interval computes its hours together at its end.
    const waitMs = config.settleMs + config.jitterMs;
    const dueMs = Math.floor((clock.now() - waitMs) / config.intervalMs) * config.intervalMs;
    for (let count = 0; at.nextMs + config.windowMs <= Math.min(dueMs, at.untilMs); count++) {
      if (count >= windowsMax || spool.isFull() || signal.aborted) return { kind: 'more' };
      if (count > 0) await clock.sleep(catchUpPauseMs, signal);
      const failure = await compute(at.nextMs);
      if (failure) return failure;
      at.nextMs += config.windowMs;
    }
    state.lastSuccessMs = clock.now();
    const ended = at.nextMs + config.windowMs > at.untilMs;
    if (ended) position = null;
    return { kind: 'done', nextAtMs: ended ? clock.now() + endedPauseMs : dueMs + config.intervalMs + waitMs };
  };

  const measure = async (startMs: number): Promise<Result<WindowReport, Pass>> => {
    const own = await parts.own.learn();
    if (!own.ok) return err(unasked('own meters', own.error));
    const report = await parts.measure({ startMs, endMs: startMs + config.windowMs }, own.value);
    return report.ok ? report : err(unanswered(report.error));
  };

  /** Sent before, not yet accounted for: the same again, because a new revision would be one for nothing. */
  const knownReport = (startMs: number): WindowReport | null => {
    const known = spool.read('pending', startMs) ?? spool.read('sent', startMs);
    // One from the future was computed by a clock that was ahead, perhaps before the window was over.
    return known && (known.revision ?? 0) <= clock.now() ? known : null;
  };

  const compute = async (startMs: number): Promise<Pass | null> => {
    const known = knownReport(startMs);
    const report = known ? { ok: true as const, value: known } : await measure(startMs);
    if (!report.ok) return report.error;
    if (!keep(report.value)) return unwritten;
    if (!known) account(report.value);
    return null;
  };

  const mend = async (): Promise<Pass | null> => {
    for (const startMs of damaged) {
      const failure = await compute(startMs);
      if (failure) return failure;
      damaged.delete(startMs);
    }
    return null;
  };

  const repair = (startsMs: number[]): void => {
    for (const startMs of startsMs) damaged.add(startMs);
  };

  const keep = (report: WindowReport): boolean => {
    try {
      spool.put('pending', report);
      return true;
    } catch (cause) {
      log.error({ err: cause }, 'The spool cannot be written');
      return false;
    }
  };

  const account = (report: WindowReport): void => {
    state.lastCollectionMs = clock.now();
    state.windowsCollected++;
    if (report.complete) log.info(figuresOf(report), 'Metrics collected successfully');
    else log.warn(figuresOf(report), 'Metrics collected, part of the window was not seen');
    if (!report.complete) state.windowsIncomplete++;
  };

  const lookAt = async (first: WindowReport, startMs: number): Promise<Pass | null> => {
    const second = await measure(startMs);
    if (!second.ok) return second.error;
    const look = compareLooks(first, second.value);
    if (look === 'same') return null;
    log.info({ ...figuresOf(second.value), look }, 'The second look differs from the first');
    if (look === 'less') return null;
    if (!keep(second.value)) return unwritten;
    state.windowsRevised++;
    return null;
  };

  const lookAgain = async (): Promise<Pass> => {
    for (const startMs of spool.list('sent')) {
      const dueMs = startMs + config.windowMs + secondLookMs;
      if (dueMs > clock.now()) return { kind: 'done', nextAtMs: dueMs };
      const first = spool.read('sent', startMs);
      const failure = first ? await lookAt(first, startMs) : null;
      if (failure) return failure;
      spool.drop('sent', startMs);
    }
    return { kind: 'done', nextAtMs: clock.now() + config.windowMs };
  };

  return { collect, lookAgain, repair };
}
