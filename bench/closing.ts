/**
 * `npm run figures -- closing`: the renewal's drafts of many customers are held, rated, sent and followed: round trips, calls of Stripe and
 * time of each step, at a stand-in that takes 100 calls a second. The long form of test/src/invoices/closing-figures.test.ts.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs it; an invoice that is not closed in time is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('closing')
    .description('what closing a period costs')
    .option('--customers <n>', 'whose month ends', wholeNumber, 60)
    .parse(args, { from: 'user' });
  const { customers } = command.opts<{ customers: number }>();
  await runWorkerTests(['test/src/invoices/closing-figures.test.ts'], { CLOSING_CUSTOMERS: customers });
}
