/** Days of random troubles, each from its seed: what must hold whatever happens, in whatever order. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../bench/support/random.ts';
import { story, tenMs } from './story.ts';
import { hourMs, minuteMs } from './time.ts';

const days = 12;
const troubles = 30;
const longestMs = 3 * hourMs;

async function day(seed: number) {
  const { fraction, pick } = seeded(seed);
  const windowSeconds = pick([900, 3600]);
  const { clock, intake, start, step, rows } = story(tenMs, { windowSeconds });
  const options = { devices: () => 3, settleMs: pick([0, 10_000]), flushMs: minuteMs };
  let reporter = start(options);
  let counted = 0;
  let wrongMs = 0;
  let mostMs = 0;
  const some = (ms: number) => clock.pass(Math.round(fraction() * ms));
  const count = async () => {
    const calls = Math.ceil(fraction() * 10);
    reporter.traffic.countCall('devices', calls);
    counted += calls;
  };
  const acts: Record<string, () => Promise<unknown>> = {
    count,
    pass: () => some(longestMs),
    kill: async () => {
      await reporter.flush();
      // What is counted between a flush and a kill is lost, and may be.
      if (fraction() < 0.5) reporter.traffic.countCall('devices', 1000);
      clock.kill();
      await some(longestMs);
      reporter = start(options);
      await clock.pass(minuteMs);
    },
    stop: async () => {
      const stopping = reporter.stop();
      await clock.pass(minuteMs);
      await stopping;
      clock.kill();
      await some(longestMs);
      reporter = start(options);
      await clock.pass(minuteMs);
    },
    step: async () => {
      const ms = Math.round((fraction() * 2 - 1) * longestMs);
      wrongMs += ms;
      mostMs = Math.max(mostMs, Math.abs(wrongMs));
      step(ms);
    },
    outage: async () => {
      intake.interrupt = fraction() < 0.5 ? () => null : () => new Response(null, { status: 503 });
    },
    lose: async () => {
      const lost = fraction() < 0.5;
      intake.loseAnswer = () => lost && fraction() < 0.5;
    },
  };
  await clock.pass(minuteMs);
  for (let n = 0; n < troubles; n++) {
    await acts[pick(Object.keys(acts))]?.();
    await count();
    await some(20 * minuteMs);
  }
  intake.interrupt = () => null;
  intake.loseAnswer = () => false;
  // Whatever the clock says by now it stays at; what was counted ahead of its time comes when that has come.
  await clock.pass(Math.abs(wrongMs) + mostMs + 4 * hourMs);
  return { rows: rows(), intake, windowMs: windowSeconds * 1000, stored: sum(rows()), counted };
}

const sum = (rows: readonly Record<string, unknown>[]): number =>
  rows.reduce((total, row) => total + Number(row['api_calls'] ?? 0), 0);

describe('a day of kills, stops, steps of the clock, outages and lost answers', () => {
  it.each(Array.from({ length: days }, (_, n) => n + 1))(
    '%i ends with each window once, and nothing lost or twice',
    async (seed) => {
      const { rows, intake, windowMs, stored, counted } = await day(seed);
      expect(intake.conflicts).toEqual([]);
      expect(intake.refusals).toEqual([]);
      const holes = rows.filter(({ window_start: start }, n) => Date.parse(start) !== tenMs + n * windowMs);
      expect(holes).toEqual([]);
      expect(stored).toBe(counted);
    },
  );
});
