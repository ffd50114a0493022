/**
 * From windows to the stretches that are rated: what the reads of a usage shard add up in SQL (src/usage/range-store.ts), for
 * who has the windows themselves. Sums are exact; of a level each moment is the sum over namespaces and reporters of the
 * windows that hold it, and of a clock hour the highest. Pure.
 */
import { floorTo, hourMs } from '../lib/time.ts';
import { holds, type Period } from '../periods/period.ts';
import { type Level, levelsOf, type Overrides, type RatedPlan, type Stretch } from '../pricing/stretch.ts';
import { type UsedLevel, usageOf } from '../pricing/usage-by-meter.ts';
import { quantities } from '../usage/meters.ts';
import type { StatedWindow } from './window.ts';

/** A stretch that nothing has been counted in yet. */
export interface Cut extends Period {
  plan: RatedPlan;
  overrides: Overrides;
}

export interface Tally {
  /** Counts a window, in any order; false when it ends in none of the stretches. */
  add: (window: StatedWindow) => boolean;
  stretches: () => Stretch[];
}

/** What windows of one length that end together hold of a level. */
interface Held {
  start: number;
  end: number;
  units: bigint;
}

/** A level's windows, by the clock hour that they lie in and then by end and length. */
type Hours = Map<number, Map<string, Held>>;

/** Counts the windows of a period by its stretches. */
export function tallyOf(cuts: readonly Cut[]): Tally {
  const counts = cuts.map((cut) => ({ cut, ...countOf(levelsOf(cut.plan)) }));
  return {
    add: (window) => {
      const count = counts.find(({ cut }) => holds(cut, window.end));
      count?.add(window);
      return count !== undefined;
    },
    stretches: () =>
      counts.map(({ cut: { start, end, plan, overrides }, sums, levels }) => ({
        start,
        end,
        plan,
        overrides,
        usage: usageOf([{ values: sums() }], levels(), plan.ownMeters),
      })),
  };
}

function countOf(wanted: readonly Level[]) {
  const sums = new Map<string, bigint>();
  const held = wanted.map((level) => ({ ...level, hours: new Map() as Hours }));
  return {
    add: ({ start, end, quantities: given }: StatedWindow): void => {
      for (const [column, units] of Object.entries(given)) {
        sums.set(column, (sums.get(column) ?? 0n) + BigInt(units));
      }
      for (const { column, hours } of held) {
        const units = given[column];
        if (units !== undefined) hold(hours, { start, end, units: BigInt(units) });
      }
    },
    sums: (): (string | null)[] => quantities.map(({ column }) => sums.get(column)?.toString() ?? null),
    levels: (): UsedLevel[] => held.map(({ meter, hours }) => ({ meter, ...highestOf(hours) })),
  };
}

/** A window lies in one clock hour, because windows are aligned and an hour is the longest. */
function hold(hours: Hours, { start, end, units }: Held): void {
  const hour = floorTo(end - 1, hourMs);
  const windows = hours.get(hour) ?? new Map<string, Held>();
  hours.set(hour, windows);
  const key = `${end}/${start}`;
  windows.set(key, { start, end, units: (windows.get(key)?.units ?? 0n) + units });
}

/** Each hour is highest at the end of one of its windows. */
function highestOf(hours: Hours): { peak: string; hours: string } {
  const highest = [...hours.values()].map((windows) => {
    const all = [...windows.values()];
    return all.map(({ end }) => unitsAt(all, end)).reduce(larger);
  });
  return {
    peak: highest.reduce(larger, 0n).toString(),
    hours: highest.reduce((total, units) => total + units, 0n).toString(),
  };
}

/** What the windows that hold the moment just before `end` add up to. */
const unitsAt = (windows: readonly Held[], end: number): bigint =>
  windows.reduce((total, one) => (one.start < end && end <= one.end ? total + one.units : total), 0n);

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
