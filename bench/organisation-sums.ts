/**
 * `npm run figures -- organisation-sums`: random months of organisations, read in every way and beside exact fractions: how
 * many amounts differ by a cent. The long form of test/src/organisations/sums.test.ts, which runs inside workerd with real D1.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs the figure; an amount that differs is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('organisation-sums')
    .description(
      'random months of organisations: breakdown = total, projects = summary, trends = overview = FOCUS, all to the cent',
    )
    .option('--months <n>', 'how many', wholeNumber, 2_000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const { months, first } = command.opts<{ months: number; first: number }>();
  await runWorkerTests(['test/src/organisations/sums.test.ts'], {
    ORGANISATION_MONTHS: months,
    ORGANISATION_FIRST: first,
  });
}
