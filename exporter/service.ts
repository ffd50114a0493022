/**
 * The exporter's one loop: collect what is due, look again at what is two hours old, send what is pending; each with its
 * own waiting after a failure, so that an API that is down does not stop the collecting, nor a Prometheus that is down the sending.
 */

import { type ApiFailure, sentenceOf } from '../src/lib/api-client.ts';
import { type Backoff, backoffMs } from '../src/lib/backoff.ts';
import type { Result } from '../src/lib/result.ts';
import { minuteMs, secondMs } from '../src/lib/time.ts';
import { type CollectorParts, createCollector, needsSecondLook, type Pass } from './collector.ts';
import { createSender, type Sent } from './sending/sender.ts';

/** After a failure. Half of it is random, so that a fleet does not come back at once. */
const pauses: Backoff = { baseMs: secondMs, maxMs: 5 * minuteMs, jitter: 0.5 };

export interface ServiceParts extends CollectorParts {
  random: () => number;
}

/** Runs until the signal; answers a line for people when it must not run at all. */
export async function runService(parts: ServiceParts, signal: AbortSignal): Promise<string | null> {
  const { clock, log, spool, state, config, random } = parts;
  const collector = createCollector(parts);
  const sender = createSender(parts.api, () => [spool], needsSecondLook);
  const due = { collect: 0, lookAgain: 0, send: 0 };
  const failures = { collect: 0, lookAgain: 0, send: 0 };

  const wait = (
    task: keyof typeof due,
    source: keyof typeof state.failures,
    message: string,
    wishMs: number | null = null,
  ): void => {
    failures[task]++;
    state.failures[source]++;
    state.trouble = message;
    due[task] = clock.now() + backoffMs(failures[task], pauses, random(), wishMs ?? 0);
    const line =
      source === 'prometheus'
        ? 'Prometheus query failed'
        : source === 'api'
          ? 'Failed to report usage'
          : 'Spool failed';
    log.error({ reason: message, attempt: failures[task], retry_ms: due[task] - clock.now() }, line);
  };

  const after = (task: 'collect' | 'lookAgain', pass: Exclude<Pass, { kind: 'refused' }>): void => {
    if (pass.kind === 'failed') {
      wait(task, pass.source, pass.message, pass.retryAfterMs);
      return;
    }
    if (failures[task] > 0) state.trouble = null;
    failures[task] = 0;
    due[task] = pass.kind === 'done' ? pass.nextAtMs : clock.now() + fullPauseMs;
  };

  const trySend = async (): Promise<void> => {
    try {
      await send();
    } catch (cause) {
      // The disk: what could not be put where its answer says stays pending.
      wait('send', 'spool', cause instanceof Error ? cause.message : String(cause));
    }
  };

  const send = async (): Promise<void> => {
    const sent = await sender.sendOnce();
    if (!sent.ok) {
      wait('send', 'api', sentenceOf(sent.error), sent.error.retryAfterMs);
      return;
    }
    if (failures.send > 0) state.trouble = null;
    count(sent);
    if (sent.value.damaged.length > 0) {
      log.error({ windows: sent.value.damaged.length }, 'Waiting reports were damaged; they are computed again');
      collector.repair(sent.value.damaged.map(({ startMs }) => startMs));
      due.collect = Math.min(due.collect, due.send);
    }
    // What was put off comes again after a pause; with nothing put off the line goes on at once.
    failures.send = sent.value.postponed > 0 ? failures.send + 1 : 0;
    due.send = clock.now() + (sent.value.postponed > 0 ? backoffMs(failures.send, pauses, random()) : 0);
  };

  const count = (sent: Extract<Result<Sent, ApiFailure>, { ok: true }>): void => {
    const { accepted, rejected } = sent.value;
    state.reportsAccepted += accepted;
    state.reportsRejected += rejected.length;
    if (accepted > 0) log.info({ accepted }, 'Usage reported successfully');
    for (const { report, code } of rejected) {
      log.error({ code, window_start: report.window_start }, 'A report was refused for good; it is in rejected/');
    }
  };

  let seenMs = clock.now();
  while (!signal.aborted) {
    // Put off to times of a clock that was put back since.
    if (clock.now() < seenMs) due.collect = due.lookAgain = due.send = 0;
    seenMs = clock.now();
    if (due.collect <= clock.now()) {
      const pass = await collector.collect(signal);
      if (pass.kind === 'refused') return pass.message;
      after('collect', pass);
    }
    const waiting = spool.list('pending', 1).length > 0;
    if (waiting && due.send <= clock.now()) await trySend();
    if (due.lookAgain <= clock.now()) {
      const pass = await collector.lookAgain();
      if (pass.kind === 'refused') return pass.message;
      after('lookAgain', pass);
    }
    const nextSend = spool.list('pending', 1).length > 0 ? due.send : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(due.collect, due.lookAgain, nextSend);
    // A clock that jumps, or a job that has just been put off, is noticed within an interval.
    if (nextMs > clock.now()) await clock.sleep(Math.min(nextMs - clock.now(), config.windowMs), signal);
  }
  return null;
}

const fullPauseMs = 1_000;
