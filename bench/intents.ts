/**
 * `npm run figures -- intents`: orders of customers (checkout, upgrade, downgrade, withdrawal, cancel, resume, pause) while 30 % of the
 * writes to Stripe are done and never answered and a tenth meets a process that dies between two steps. The long form of
 * test/src/workflows/subscriptions/orders.test.ts.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs it; a state, a sum or a number of things that differs is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('intents')
    .description('orders of customers whose calls of Stripe break; both sides are compared after each')
    .option('--customers <n>', 'customers', wholeNumber, 130)
    .option('--orders <n>', 'orders of each', wholeNumber, 8)
    .option('--first <n>', 'seed of the first customer', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const { customers, orders, first } = command.opts<Record<'customers' | 'orders' | 'first', number>>();
  await runWorkerTests(['test/src/workflows/subscriptions/orders.test.ts'], {
    INTENT_CUSTOMERS: customers,
    INTENT_ORDERS: orders,
    INTENT_FIRST: first,
  });
}
