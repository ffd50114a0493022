import { describe, expect, it } from 'vitest';
import { birthOf, Starts } from '../../../exporter/metering/births.ts';
import { at, series, ticks } from './series-kit.ts';

const window = { startMs: at(3600), endMs: at(7200) };
const good = ticks(4500, 7200).map(at);
const birth = (startMs?: number, own = true, scrapes = good) => {
  const told = birthOf({
    window,
    good: scrapes,
    intervalMs: at(30),
    startOf: () => (startMs === undefined ? undefined : { startMs, own }),
    rules: { maxPerMs: 1, usualPerMs: 1 },
  });
  return (firstMs: number) => told(series({}, [firstMs / 1000, 1]), firstMs, 1);
};

describe('a birth', () => {
  it('is proven by a start at the time of the previous scrape, at that of its own, or between', () => {
    for (const started of [4500, 4515, 4530]) expect(birth(at(started))(at(4530))).toEqual({ proven: true });
    expect(birth(at(4400))(at(4530)).proven).toBe(false);
  });

  it('is not proven by absence where samples carry the time of a node whose clock is ahead', () => {
    // The first scrape of all, at 4500 s, stamped by the node: two later scrapes seem to come before it.
    expect(birth()(at(4570)).proven).toBe(false);
    expect(birth()(at(4970)).proven).toBe(true);
  });

  it('is not that of an older container of the same name', () => {
    const labels = { pod: 'p', container: 'c' };
    const starts = new Starts([
      series({ ...labels, id: 'old' }, [5000, 100]),
      series({ ...labels, id: 'new' }, [5000, 4990]),
    ]);
    const old = series({ ...labels, id: 'old' }, [5000, 1]);
    expect(starts.ofContainer(old, at(5000))).toEqual({ startMs: at(100), own: true });
  });
});
