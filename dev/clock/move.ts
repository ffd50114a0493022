/**
 * Moves the clock: step by step to where it is sent, at each step standing while cron runs what has become due since the
 * step before. Owns the steps and going on after a kill. A step is on the disk before its ticks run and they are done before
 * the next one is, so that none is left out; those of the step at which it was killed run again, as cron's may.
 */
import type { ClockStep } from '../../src/contracts/embedded-clock.ts';
import { dayMs, floorTo, hourMs, minuteMs } from '../../src/lib/time.ts';
import type { EmbeddedClock } from './clock.ts';
import type { Moving } from './state.ts';

const stepMs: Readonly<Record<ClockStep, number>> = { hour: hourMs, day: dayMs, week: 7 * dayMs };

/** A move that is longer goes by days unless it is told otherwise: an hour's ticks take a twentieth of a second. */
const hoursUpToMs = 31 * dayMs;

/** Runs what is due in `(from, to]`, ms, each cron once at its last due minute; resolves when it has run. */
export type RunDue = (from: number, to: number) => Promise<void>;

export type Journey = { to: number | 'real'; step: ClockStep | undefined; hold: boolean };

/** The next edge of the clock after `ms`, or the end when that comes first. */
const nextStep = (ms: number, step: ClockStep, end: number): number =>
  Math.min(floorTo(ms, stepMs[step]) + stepMs[step], end);

/** Begins a move and goes to its end. @param stopped ends it at a step; the next start goes on */
export async function moveClock(clock: EmbeddedClock, journey: Journey, runDue: RunDue, stopped: AbortSignal) {
  await clock.change((from) => {
    // A clock that runs may be further by now than it was sent.
    const to_ms = journey.to === 'real' ? null : Math.max(journey.to, from);
    const end = to_ms ?? clock.real();
    const step = journey.step ?? (end - from > hoursUpToMs ? 'day' : 'hour');
    const moving = { to_ms, step, hold: journey.hold, ticked_ms: from };
    return { offset_ms: 0, held_at_ms: nextStep(from, step, end), moving };
  });
  await goOn(clock, runDue, stopped);
}

/** Goes on with a move that was begun, in this run or in one that was killed. */
export async function goOn(clock: EmbeddedClock, runDue: RunDue, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const { moving, held_at_ms: at } = clock.state();
    if (moving === null || at === null) return;
    if (at > moving.ticked_ms) await runDue(moving.ticked_ms, at);
    const end = moving.to_ms ?? clock.real();
    // Real time goes on: it is reached when no tick can be due any more in between.
    const there = moving.to_ms === null ? floorTo(at, minuteMs) === floorTo(end, minuteMs) : at >= end;
    if (there) return await arrive(clock, moving, at);
    const next = nextStep(at, moving.step, end);
    await clock.change(() => ({ offset_ms: 0, held_at_ms: next, moving: { ...moving, ticked_ms: at } }));
  }
}

async function arrive(clock: EmbeddedClock, { to_ms, hold }: Moving, at: number): Promise<void> {
  if (hold) return await clock.change(() => ({ offset_ms: 0, held_at_ms: at, moving: null }));
  await clock.change(() => clock.runningFrom(to_ms === null ? null : at));
}
