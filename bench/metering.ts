/**
 * `npm run figures -- metering [--seeds N]`: generated days × shapes on a real Prometheus, ours beside the seeds' own
 * queries. Ends with whether every promise held.
 */
import { parseArgs } from 'node:util';
import { daysOf, serveDays } from '../test/metering/days.ts';
import { judge, reportsOf, type Verdict } from '../test/metering/judge.ts';
import { counterErrorMax, gaugeErrorMax, overTruthMax } from '../test/metering/limits.ts';
import { seedDistances } from '../test/metering/seed-queries.ts';
import type { Field } from '../test/metering/truth.ts';

const fields: Field[] = ['cpu_hours', 'memory_gb_hours', 'storage_used_gb', 'network_bytes_sent', 'http_requests'];

/** Runs the figures; false when a promise was broken. */
export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { seeds: { type: 'string', default: '10' } } });
  const byShape = new Map<string, Verdict[]>();
  const seedsByShape = new Map<string, Partial<Record<Field, number>>>();
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const served = await serveDays(daysOf(seed));
    try {
      for (const day of served.cases) {
        const verdict = judge(day, await reportsOf(day, served.prometheus.url));
        byShape.set(day.shape, [...(byShape.get(day.shape) ?? []), verdict]);
        if (seed === 1) seedsByShape.set(day.shape, await seedDistances(day, served.prometheus.url));
      }
    } finally {
      await served.stop();
    }
    console.log(`seed ${seed} of ${values.seeds} done`);
  }
  console.log(`\n${values.seeds} seeds, 24 hourly windows a day, 30 s scrapes. Worst window or day of each shape:`);
  console.table([...byShape].map(([shape, verdicts]) => rowOf(shape, verdicts)));
  console.log("\nThe day against the full truth: ours (mean over seeds) | the seeds' queries (seed 1)");
  console.table([...byShape].map(([shape, verdicts]) => distanceRow(shape, verdicts, seedsByShape.get(shape) ?? {})));
  const held = [...byShape.values()].flat().every(holds);
  console.log(held ? 'every promise held' : 'A PROMISE WAS BROKEN');
  return held;
}

const holds = (v: Verdict): boolean =>
  v.counterError <= counterErrorMax &&
  v.gaugeError <= gaugeErrorMax &&
  v.overTruth <= overTruthMax &&
  v.flagged === v.mustFlag;

const percent = (part: number): string => `${(part * 100).toFixed(3)} %`;
const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

function rowOf(shape: string, verdicts: Verdict[]): Record<string, unknown> {
  return {
    shape,
    windows: sum(verdicts.map((v) => v.windows)),
    'counters vs samples': percent(Math.max(...verdicts.map((v) => v.counterError))),
    'gauges vs samples': percent(Math.max(...verdicts.map((v) => v.gaugeError))),
    'counters over truth': percent(Math.max(...verdicts.map((v) => v.overTruth))),
    flagged: `${sum(verdicts.map((v) => v.flagged))} of ${sum(verdicts.map((v) => v.mustFlag))}`,
    'flagged needlessly': sum(verdicts.map((v) => v.needless)),
  };
}

function distanceRow(
  shape: string,
  verdicts: Verdict[],
  seeds: Partial<Record<Field, number>>,
): Record<string, unknown> {
  const row: Record<string, unknown> = { shape };
  for (const field of fields) {
    const ours = verdicts.map((v) => v.distance[field]).filter((d) => d !== null);
    const told = ours.length > 0 ? percent(sum(ours) / ours.length) : 'absent';
    const theirs = seeds[field];
    row[field] = `${told} | ${theirs === undefined ? 'none' : `${(theirs * 100).toFixed(1)} %`}`;
  }
  return row;
}
