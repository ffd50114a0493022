/** `npm run figures -- usage-reporter`: an application that reports itself, under kill -9, steps of its clock and outages of its API. */
import { Command } from 'commander';
import { hourMs } from '../src/lib/time.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';
import { planTroubles } from './support/usage-reporter/plan.ts';
import { trial } from './support/usage-reporter/trial.ts';

type Options = { seed: number; kills: number; steps: number; outages: number };

export async function run(args: string[]): Promise<void> {
  const command = new Command('usage-reporter')
    .description('the usage reporter in a process of its own against a strict intake; an hour passes in a second')
    .option('--seed <n>', 'which troubles, when', wholeNumber, 1)
    .option('--kills <n>', 'kill -9 of the application', wholeNumber, 60)
    .option('--steps <n>', 'steps of its wall clock, up to 6 h, half of them put it right again', wholeNumber, 20)
    .option('--outages <n>', 'outages of the API, of 6 h each', wholeNumber, 5)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const plan = planTroubles({ ...options, outageMs: 6 * hourMs, stepMsMax: 6 * hourMs, pauseMsMax: 6 * hourMs });
  const outcome = await trial(plan, options.seed);
  printTable([
    ['figure', 'found', 'promised'],
    ['hours', outcome.hours, ''],
    ['windows reported', outcome.windows, ''],
    ['hours that nobody reported', outcome.windowsMissing, 0],
    ['windows with a second revision or other numbers', outcome.windowsTwice, 0],
    ['reports refused', outcome.refused, 0],
    ['windows flagged incomplete', outcome.incomplete, ''],
    ['calls begun', outcome.callsBegun, ''],
    ['calls that were flushed', outcome.callsDone, ''],
    ['calls stored', outcome.callsStored, ''],
    ['flushed and not stored', outcome.lost, 0],
    ['stored and never begun', outcome.doubled, 0],
  ]);
  printJson('usage-reporter', { ...options, ...outcome });
  const { windowsMissing, windowsTwice, refused, lost, doubled } = outcome;
  if (windowsMissing + windowsTwice + refused + lost + doubled > 0) process.exitCode = 1;
}
