import { describe, expect, it } from 'vitest';
import { type Birth, counterGrowth } from '../../../exporter/metering/counter.ts';
import type { GrowthRules } from '../../../exporter/metering/falls.ts';
import { at, series, ticks } from './series-kit.ts';

const window = { startMs: at(600), endMs: at(4200) };
const unproven: Birth = () => ({ proven: false, unseenFromMs: window.startMs });
/** Eight cores; nobody tells starts unless it is said. */
const rules: GrowthRules = { maxPerMs: 8 / 1000, usualPerMs: 1 / 1000, startAt: () => undefined };
const line = (t: number): number => 3_800_000 + t / 2;
/** Half a core for an hour, but for some samples. */
const counted = (changed: Record<number, number>, told: Partial<GrowthRules> = {}) => {
  const one = series({}, ...ticks(0, 4200, 60).map((t): [number, number] => [t, changed[t] ?? line(t)]));
  const { growth, doubtful } = counterGrowth([one], window, unproven, { ...rules, ...told });
  return { growth, doubtful: doubtful.length };
};

describe('a fall that is no restart', () => {
  it.each([
    ['one scrape of nothing', { 1800: 0 }],
    ['a scrape of something small', { 1800: 12 }],
    ['three scrapes of nothing', { 1800: 0, 1860: 0, 1920: 0 }],
    ['another agent, a little behind', { 1800: line(1740) - 0.021 }],
  ])('%s adds nothing and loses nothing', (_, changed) => {
    expect(counted(changed)).toEqual({ growth: 1800, doubtful: 0 });
    expect(counted(changed, { startAt: () => at(-9e6) })).toEqual({ growth: 1800, doubtful: 0 });
  });

  it.each([3, 5, 9])(
    'of a counter that is %i scrapes old adds nothing, although a new one would soon be as high',
    (age) => {
      const bornAt = 1800 - age * 60;
      const points = ticks(bornAt, 4200, 60).map((t): [number, number] => [t, t === 1800 ? 10 : (t - bornAt) / 2]);
      const { growth } = counterGrowth([series({}, ...points)], window, () => ({ proven: true }), rules);
      expect(growth).toBe((4200 - bornAt) / 2);
    },
  );

  it('is never counted and always told where it stays: the start is the same', () => {
    const lower = Object.fromEntries(ticks(1800, 4200, 60).map((t) => [t, 5000 + t / 2]));
    const told = counted(lower, { startAt: () => at(-9e6) });
    expect(told.growth).toBeCloseTo(1800 - 30, 6);
    expect(told.doubtful).toBe(1);
  });

  it('is none where the new value cannot have grown since, whatever the start says', () => {
    const lower = Object.fromEntries(ticks(1800, 4200, 60).map((t) => [t, 1_000_000 + t / 2]));
    const told = counted(lower, { startAt: (_, ms) => (ms < at(1800) ? at(-9e6) : at(1790)) });
    expect(told).toMatchObject({ doubtful: 1 });
    expect(told.growth).toBeLessThan(1800);
  });
});

describe('a restart', () => {
  const restarted = Object.fromEntries(ticks(1800, 4200, 60).map((t) => [t, (t - 1790) / 2]));
  it.each([
    ['by its start', { startAt: (_: unknown, ms: number) => (ms < at(1800) ? at(-9e6) : at(1790)) }],
    ['by what it can have grown to since', {}],
  ])('is known %s and counts from zero', (_, told) => {
    expect(counted(restarted, told)).toEqual({ growth: (1740 - 600) / 2 + (4200 - 1790) / 2, doubtful: 0 });
  });
});

it('a restart of what was restarted minutes ago counts from zero again', () => {
  const lives = ticks(600, 4200, 60).map((t): [number, number] => [t, ((t - 600) % 300) / 2 + 5]);
  const { growth, doubtful } = counterGrowth([series({}, ...lives)], window, () => ({ proven: true }), rules);
  expect(doubtful).toEqual([]);
  // Twelve lives of four minutes each, of which the first scrape shows five core-seconds; of the thirteenth too little is shown.
  expect(growth).toBe(12 * (120 + 5));
});

describe('a leap that no machine could do', () => {
  it('adds nothing when it was one sample, and is told when it stays', () => {
    expect(counted({ 1800: 9e9 })).toEqual({ growth: 1800, doubtful: 0 });
    const higher = Object.fromEntries(ticks(1800, 4200, 60).map((t) => [t, line(t) + 1e6]));
    expect(counted(higher)).toEqual({ growth: 1800 - 30, doubtful: 1 });
  });
});
