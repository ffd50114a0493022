/**
 * `npm run figures -- corrections`: usage of random customers that is put right: how often a preview is not what the bill then
 * shows, or billed plus deltas not what would have been billed. The long form of test/src/usage/correction-figures.test.ts,
 * which runs inside workerd with real D1.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs the figure; an amount that differs is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('corrections')
    .description('preview = bill, and billed + deltas = what would have been billed, 10 corrections a customer')
    .option('--stories <n>', 'how many customers', wholeNumber, 1_000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const { stories, first } = command.opts<{ stories: number; first: number }>();
  await runWorkerTests(['test/src/usage/correction-figures.test.ts'], {
    CORRECTION_STORIES: stories,
    CORRECTION_FIRST: first,
  });
}
