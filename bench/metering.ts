/**
 * `npm run figures -- metering [--seeds N] [--first N]`: generated days × shapes on a real Prometheus, ours beside the seeds' own
 * queries. Ends with whether every promise held.
 */
import { Command } from 'commander';
import { daysOf, serveDays } from '../test/metering/days.ts';
import { judge, reportsOf, type Verdict } from '../test/metering/judge.ts';
import { counterErrorMax, gaugeErrorMax, overTruthMax } from '../test/metering/limits.ts';
import { seedDistances } from '../test/metering/seed-queries.ts';
import type { Field } from '../test/metering/truth.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const fields: Field[] = ['cpu_hours', 'memory_gb_hours', 'storage_used_gb', 'network_bytes_sent', 'http_requests'];

/** Runs the figures; a broken promise is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('metering')
    .description('generated days with known truth, from a real Prometheus')
    .option('--seeds <n>', 'how many days of each shape', wholeNumber, 10)
    .option('--first <n>', 'the first seed, to repeat one', wholeNumber, 1)
    .option('--shapes <list>', 'only these shapes, with commas')
    .parse(args, { from: 'user' });
  const { seeds, first, shapes } = command.opts<{ seeds: number; first: number; shapes?: string }>();
  const wanted = shapes?.split(',');
  const byShape = new Map<string, Verdict[]>();
  const seedsByShape = new Map<string, Partial<Record<Field, number>>>();
  for (let seed = first; seed < first + seeds; seed++) {
    const served = await serveDays(daysOf(seed).filter((day) => wanted?.includes(day.shape) ?? true));
    try {
      for (const day of served.cases) {
        const verdict = judge(day, await reportsOf(day, served.prometheus.url));
        byShape.set(day.shape, [...(byShape.get(day.shape) ?? []), verdict]);
        if (seed === first) seedsByShape.set(day.shape, await seedDistances(day, served.prometheus.url));
      }
    } finally {
      await served.stop();
    }
    console.log(`seed ${seed} done, ${seed - first + 1} of ${seeds}`);
  }
  console.log(`\n24 hourly windows a day, 30 s scrapes, ${seeds} days a shape. The worst window or day of each shape:`);
  const heads = [
    'shape',
    'windows',
    'counters/samples',
    'gauges/samples',
    'counters over truth',
    'flagged',
    'needlessly',
  ];
  printTable([heads, ...[...byShape].map(([shape, verdicts]) => rowOf(shape, verdicts))]);
  console.log(
    "\nThe day against the full truth: ours, mean over the seeds | the older exporter's queries, first seed:",
  );
  printTable([['shape', ...fields], ...[...byShape].map(([s, v]) => distanceRow(s, v, seedsByShape.get(s) ?? {}))]);
  const all = [...byShape.values()].flat();
  printJson('metering', {
    seeds,
    windows: sum(all.map((v) => v.windows)),
    counter_error_max: Math.max(...all.map((v) => v.counterError)),
    gauge_error_max: Math.max(...all.map((v) => v.gaugeError)),
    over_truth_max: Math.max(...all.map((v) => v.overTruth)),
    must_flag: sum(all.map((v) => v.mustFlag)),
    flagged: sum(all.map((v) => v.flagged)),
    needless: sum(all.map((v) => v.needless)),
  });
  if (!all.every(holds)) process.exitCode = 1;
}

const holds = (v: Verdict): boolean =>
  v.counterError <= counterErrorMax &&
  v.gaugeError <= gaugeErrorMax &&
  v.overTruth <= overTruthMax &&
  v.flagged === v.mustFlag;

const percent = (part: number): string => `${(part * 100).toFixed(3)} %`;
const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

function rowOf(shape: string, verdicts: Verdict[]): (string | number)[] {
  return [
    shape,
    sum(verdicts.map((v) => v.windows)),
    percent(Math.max(...verdicts.map((v) => v.counterError))),
    percent(Math.max(...verdicts.map((v) => v.gaugeError))),
    percent(Math.max(...verdicts.map((v) => v.overTruth))),
    `${sum(verdicts.map((v) => v.flagged))} of ${sum(verdicts.map((v) => v.mustFlag))}`,
    sum(verdicts.map((v) => v.needless)),
  ];
}

function distanceRow(shape: string, verdicts: Verdict[], seeds: Partial<Record<Field, number>>): string[] {
  const cells = fields.map((field) => {
    const ours = verdicts.map((v) => v.distance[field]).filter((d) => d !== null);
    const told = ours.length > 0 ? percent(sum(ours) / ours.length) : 'absent';
    const theirs = seeds[field];
    return `${told} | ${theirs === undefined ? 'none' : `${(theirs * 100).toFixed(1)} %`}`;
  });
  return [shape, ...cells];
}
