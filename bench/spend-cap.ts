/** `npm run figures -- spend-cap`: random loads under a spend cap: how far above it each comes, beside what was printed before. */
import { Command } from 'commander';
import { live, loadOf } from '../test/src/spend-caps/loads.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { loads: number; first: number };

/** Loads whose fastest window grows by half a day: more than the last 24 hours can foretell. */
const climbing = 1.5;

function liveThrough({ loads, first }: Options, growth: number) {
  const found = { stopped: 0, below: 0, abovePrinted: 0, closest: 0 };
  for (let seed = first; seed < first + loads; seed++) {
    const { stopped } = live(loadOf(seed, growth));
    if (stopped === null) continue;
    found.stopped += 1;
    if (stopped.overCents < 0) found.below += 1;
    if (stopped.overCents > stopped.printedBefore) found.abovePrinted += 1;
    found.closest = Math.max(found.closest, stopped.overCents / stopped.printedBefore);
  }
  return { ...found, closest: Math.round(found.closest * 1000) / 1000 };
}

/** Runs the figure; a load that comes further than was printed, or is stopped below its cap, is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('spend-cap')
    .description('random loads under a spend cap: how far above it each comes, beside what was printed')
    .option('--loads <n>', 'loads to live through', wholeNumber, 1000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const steady = liveThrough(options, 1);
  const grows = liveThrough(options, climbing);
  printTable([
    ['loads', 'stopped', 'below the cap', 'above what was printed', 'most of what was printed'],
    ['as fast as in the last 24 hours at most', steady.stopped, steady.below, steady.abovePrinted, steady.closest],
    ['half as fast again each day', grows.stopped, grows.below, grows.abovePrinted, grows.closest],
  ]);
  const isGood = steady.abovePrinted === 0 && steady.below === 0 && grows.below === 0 && steady.stopped > 0;
  printJson('spend-cap', { ...options, steady, grows });
  if (!isGood) process.exitCode = 1;
}
