import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Birth, counterGrowth } from '../../../exporter/metering/counter.ts';
import type { GrowthRules } from '../../../exporter/metering/falls.ts';
import { gather, type RawSeries } from '../../../exporter/metering/series.ts';
import { at, series, ticks } from './series-kit.ts';

const window = { startMs: at(100), endMs: at(200) };
const proven: Birth = () => ({ proven: true });
const unproven: Birth = () => ({ proven: false, unseenFromMs: window.startMs });
/** Nothing is known of starts; growth is bounded far above what these samples show. */
const rules: GrowthRules = { maxPerMs: 1e9, usualPerMs: 1, startAt: () => undefined };
const grow = (all: RawSeries[], birth: Birth = unproven) => {
  const { growth, unproven } = counterGrowth(all, window, birth, rules);
  return { growth, unproven };
};

describe('a counter', () => {
  it('grows from the last sample at or before the start to the last in the window', () => {
    expect(grow([series({}, [70, 5], [100, 10], [130, 14], [200, 20], [201, 99])]).growth).toBe(10);
  });

  it('reaches back over a scrape gap for its base', () => {
    expect(grow([series({}, [-40_000, 10], [190, 25])])).toEqual({ growth: 15, unproven: [] });
  });

  it('counts from zero after a fall', () => {
    expect(grow([series({}, [100, 50], [130, 60], [160, 4], [190, 9])]).growth).toBe(19);
  });

  it('counts a first sample from zero only when its birth is proven', () => {
    const born = [series({}, [130, 7], [160, 9])];
    expect(grow(born, proven)).toEqual({ growth: 9, unproven: [] });
    expect(grow(born)).toEqual({ growth: 2, unproven: [{ startMs: at(100), endMs: at(130) }] });
  });

  it('goes on where a relabel left off', () => {
    const before = series({ job: 'a' }, [100, 1e9], [130, 1e9 + 5]);
    const after = series({ job: 'b' }, [160, 1e9 + 9], [190, 1e9 + 12]);
    expect(grow([before, after])).toEqual({ growth: 12, unproven: [] });
  });

  it('does not add what a second replica or job shows again', () => {
    const a = series({ replica: 'a' }, [100, 10], [130, 20], [160, 30], [190, 40]);
    const b = series({ replica: 'b' }, [110, 13], [140, 23], [170, 33], [198, 42]);
    expect(grow([a, b]).growth).toBe(32);
  });

  it('counts a reset once that two replicas show', () => {
    const a = series({ replica: 'a' }, [100, 100], [130, 110], [160, 3], [190, 9]);
    const b = series({ replica: 'b' }, [105, 102], [135, 112], [165, 4], [195, 10]);
    // What b alone saw before the restart is left out: it could as well be a's, shown late.
    expect(grow([a, b]).growth).toBe(10 + 10);
  });

  it('is not misled by the clock of a replica that is ahead', () => {
    const a = series({ replica: 'a' }, [100, 100], [130, 130], [160, 160], [190, 190]);
    const ahead = series({ replica: 'b' }, [101, 106], [131, 136], [161, 166], [191, 196]);
    expect(grow([a, ahead]).growth).toBeLessThanOrEqual(96);
    expect(grow([a, ahead]).growth).toBeGreaterThanOrEqual(90);
  });

  it('does not count what was there before a restart again when a slow or fast replica shows it late', () => {
    const a = series({ replica: 'a' }, [100, 1e9], [130, 1e9 + 30], [160, 3], [190, 33]);
    // Read before the restart, stamped after it.
    const late = series({ replica: 'b' }, [105, 1e9 + 1], [135, 1e9 + 31], [165, 1e9 + 52], [195, 34]);
    const { growth } = grow([a, late]);
    expect(growth).toBeLessThanOrEqual(30 + 34);
    expect(growth).toBeGreaterThanOrEqual(30 + 33);
  });

  it('does not take the restart of one of two things that look alike for one of the other', () => {
    const restarts = series({ instance: 'x' }, [100, 500], [130, 510], [160, 3], [190, 9]);
    const steady = series({ instance: 'y' }, [110, 1_000_000], [140, 1_000_007], [170, 1_000_012], [195, 1_000_020]);
    expect(grow([restarts, steady]).growth).toBeLessThanOrEqual(19 + 20);
  });

  it('goes on from the replica that saw last, when all were away and one for longer', () => {
    const long = series({ replica: 'a' }, [-70_000, 100], [150, 80], [180, 90]);
    const short = series({ replica: 'b' }, [-7000, 50], [160, 83], [190, 93]);
    expect(grow([long, short]).growth).toBe(93 - 50);
  });

  it('never takes two things that look alike for the growth of one', () => {
    const small = series({ instance: 'x' }, [100, 100], [130, 110], [160, 120]);
    const large = series({ instance: 'y' }, [110, 1_000_000], [140, 1_000_007], [170, 1_000_012]);
    expect(grow([small, large]).growth).toBeLessThanOrEqual(20 + 12);
  });

  it('leaves a dead container that is still shown for the one that has started, when that starts', () => {
    const dead = series({ id: '1' }, [70, 20], [100, 35], [130, 50], [160, 50], [190, 50], [220, 50]);
    const next = series({ id: '2' }, [160, 8], [190, 23], [220, 38]);
    expect(grow([dead, next], proven).growth).toBe(15 + 23);
    // Under another id that grows with it, it is the same one.
    const nested = series({ id: '/docker/1' }, [130, 50], [160, 65], [190, 80]);
    const alive = series({ id: '1' }, [70, 20], [100, 35], [130, 50], [160, 65], [190, 80]);
    expect(grow([alive, nested], proven).growth).toBe(45);
  });

  it('starts anew when a relabel and a restart coincide and nothing proves the restart', () => {
    const before = series({ job: 'a' }, [100, 500], [130, 600]);
    const after = series({ job: 'b' }, [160, 40], [190, 45]);
    expect(grow([before, after])).toEqual({ growth: 105, unproven: [{ startMs: at(130), endMs: at(160) }] });
    expect(grow([before, after], proven).growth).toBe(145);
  });
});

/** Samples of a counter: steps of growth with resets in between, at rising times around the window. */
const history = fc.array(
  fc.record({ pause: fc.integer({ min: 1, max: 20 }), add: fc.integer({ min: 0, max: 50 }), restart: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 20,
  },
);
const pairs = (s: RawSeries): [number, number][] => s.times.map((t, i) => [t / 1000, s.values[i] ?? 0]);
type Steps = { pause: number; add: number; restart: boolean }[];

function sampled(
  steps: Steps,
  resets: boolean,
): { all: [number, number][]; used: (from: number, to: number) => number } {
  let t = 60;
  let v = 1000;
  const all: [number, number][] = [];
  const added: [number, number][] = [];
  for (const step of steps) {
    t += step.pause;
    const fell = resets && step.restart && all.length > 0;
    v = fell ? step.add : v + step.add;
    all.push([t, v]);
    added.push([t, step.add]);
  }
  return {
    all,
    used: (from, to) => added.filter(([s], i) => i > 0 && s > from && s <= to).reduce((sum, [, a]) => sum + a, 0),
  };
}

const shuffled = <T>(items: T[], order: number[]): T[] =>
  items
    .map((item, i) => ({ item, key: order[i % order.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

describe('whatever the samples are', () => {
  it('never counts more than was added after the first sample', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (steps, resets) => {
        const { all, used } = sampled(steps, resets);
        expect(grow([series({}, ...all)]).growth).toBeLessThanOrEqual(used(Number.NEGATIVE_INFINITY, 200));
      }),
    );
  });

  it('gives the same for answers in any order and told twice', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.integer(), { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        (steps, order, cut) => {
          const { all } = sampled(steps, true);
          const whole = grow(gather([series({}, ...all)]));
          const parts = [
            series({}, ...all.slice(0, cut)),
            series({}, ...all.slice(cut)),
            series({}, ...shuffled(all, order)),
          ];
          expect(grow(gather(shuffled(parts, order)))).toEqual(whole);
        },
      ),
    );
  });

  it('gives the same when the samples of a counter are spread over replicas', () => {
    fc.assert(
      fc.property(history, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1 }), (steps, owners) => {
        const { all } = sampled(steps, false);
        const split = [0, 1, 2].map((r) =>
          series({ replica: `${r}` }, ...all.filter((_, i) => owners[i % owners.length] === r)),
        );
        const whole = grow([series({}, ...all)]);
        expect(grow(split.filter((s) => s.times.length > 0)).growth).toBe(whole.growth);
      }),
    );
  });

  it('never counts more when replicas see different samples of a counter that restarts', () => {
    fc.assert(
      fc.property(history, fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1 }), (steps, owners) => {
        const { all, used } = sampled(steps, true);
        const seenBy = (bit: number) => all.filter((_, i) => ((owners[i % owners.length] ?? 0) & bit) !== 0);
        const both = [series({ replica: 'a' }, ...seenBy(1)), series({ replica: 'b' }, ...seenBy(2))];
        const seen = both.filter((s) => s.times.length > 0);
        const { growth } = counterGrowth(seen, { startMs: 0, endMs: at(1000) }, unproven, rules);
        expect(growth).toBeLessThanOrEqual(used(0, 1000));
      }),
      { numRuns: 500 },
    );
  });

  it('never counts more over neighbouring windows, whatever the clocks and gaps of replicas that restarts fall between', () => {
    const resets = fc.array(fc.integer({ min: 700, max: 7000 }), { maxLength: 4 });
    const replica = fc.record({
      offset: fc.integer({ min: 0, max: 29 }),
      lag: fc.integer({ min: -10, max: 10 }),
      gap: fc.tuple(fc.integer({ min: 700, max: 7000 }), fc.integer({ min: 0, max: 2000 })),
    });
    const replicas = fc.array(replica, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(resets, replicas, fc.integer({ min: 1800, max: 5400 }), (times, all, cut) => {
        const lastReset = (t: number) => Math.max(-1e9, ...times.filter((r) => r <= t));
        const stored = all.map(({ offset, lag, gap: [from, length] }, i) => {
          const shown = ticks(offset, 7200).filter((t) => t <= from || t > from + length);
          return series({ replica: `${i}` }, ...shown.map((t): [number, number] => [t, t - lag - lastReset(t - lag)]));
        });
        // As much of the past as is read for a window.
        const seen = (startMs: number, endMs: number) => {
          const near = stored.map((s) => series(s.labels, ...pairs(s).filter(([t]) => at(t) > startMs - 600_000)));
          return counterGrowth(near, { startMs, endMs }, unproven, rules).growth;
        };
        const total = seen(at(600), at(cut)) + seen(at(cut), at(7200));
        // One second is one; what two clocks disagree on may be told twice at a restart.
        const clocks = all.some((r) => r.lag !== all[0]?.lag) ? 60 * (times.length + 1) : 0;
        expect(total).toBeLessThanOrEqual(7200 - 570 + clocks);
      }),
      { numRuns: 500 },
    );
  });

  it('adds up over neighbouring windows to what one long window shows', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 62, max: 300 }), (steps, cut) => {
        const { all } = sampled(steps, true);
        const one = counterGrowth([series({}, ...all)], { startMs: at(0), endMs: at(1000) }, unproven, rules).growth;
        const early = counterGrowth([series({}, ...all)], { startMs: at(0), endMs: at(cut) }, unproven, rules).growth;
        const late = counterGrowth([series({}, ...all)], { startMs: at(cut), endMs: at(1000) }, unproven, rules).growth;
        expect(early + late).toBe(one);
      }),
    );
  });
});
