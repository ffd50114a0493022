/** An application with its reporter, a clock that the test moves and a strict intake: what the reporter's tests begin with. */
import type { ReporterOptions } from '../../../sdk/usage-reporter/src/core/settings.ts';
import { memoryStore } from '../../../sdk/usage-reporter/src/memory-store.ts';
import { startUsageReporter, type UsageReporter } from '../../../sdk/usage-reporter/src/reporter.ts';
import { customerId, type IntakeOptions, makeIntake } from './intake.ts';
import { ManualClock } from './time.ts';

export const tenMs = Date.parse('2026-11-20T10:00:00.000Z');

export function story(startMs = tenMs, intakeOptions: Partial<IntakeOptions> = {}) {
  const clock = new ManualClock(startMs);
  /** The API's clock is right whatever this one says. */
  let aheadMs = 0;
  const now = () => clock.now() - aheadMs;
  const intake = makeIntake({ now, activeFromMs: tenMs, ...intakeOptions });
  // Nothing is to be written when the tests' own process ends.
  const { appendNow: _, ...store } = memoryStore();
  const told: string[] = [];
  const lines: { message: string; details: Record<string, unknown> }[] = [];
  const start = (options: Partial<ReporterOptions> = {}): UsageReporter =>
    startUsageReporter({
      api: 'https://billing.example.com',
      apiKey: 'rep_key',
      customerId,
      store,
      clock,
      fetch: intake.fetch,
      random: () => 0.5,
      // A flush a second is a turn a second, of which an hour has many.
      flushMs: 20_000,
      log: (level, message, details) => {
        if (level !== 'info') told.push(message);
        lines.push({ message, details });
      },
      ...options,
    });
  const step = (ms: number): void => {
    clock.step(ms);
    aheadMs += ms;
  };
  const rows = () => [...intake.rows.values()].toSorted((a, b) => a.window_start.localeCompare(b.window_start));
  return { clock, intake, start, step, rows, store, told, lines };
}

/** A time of the story's day, as the wire has it. */
export const at = (time: string): string => `2026-11-20T${time}:00.000Z`;
