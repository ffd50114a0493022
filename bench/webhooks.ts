/**
 * `npm run figures -- webhooks`: what becomes of Stripe's events in any order, after an outage, and of renewals whose hold fails. The
 * long forms of tests that run inside workerd with real D1: test/src/workflows/inbox/{orders,outage}.test.ts, test/src/webhooks/receive.test.ts
 * and, for the table of signatures, test/src/stripe/signature.test.ts.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

const tests = [
  'test/src/stripe/signature.test.ts',
  'test/src/webhooks/receive.test.ts',
  'test/src/workflows/inbox/outage.test.ts',
  'test/src/workflows/inbox/orders.test.ts',
];

/** Runs the figures; an order that ends differently, or anything missing or doubled, is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('webhooks')
    .description(
      'orders of a life’s events between two handlers, 71 hours without webhooks, holds that fail, signatures',
    )
    .option('--orders <n>', 'orders of six events, of 720', wholeNumber, 720)
    .option('--first <n>', 'seed of the first order', wholeNumber, 1)
    .option('--renewals <n>', 'renewals, of whose holds 30 % fail', wholeNumber, 2_000)
    .option('--customers <n>', 'customers during the outage', wholeNumber, 100)
    .parse(args, { from: 'user' });
  const { orders, first, renewals, customers } =
    command.opts<Record<'orders' | 'first' | 'renewals' | 'customers', number>>();
  await runWorkerTests(tests, {
    WEBHOOK_ORDERS: orders,
    WEBHOOK_FIRST: first,
    WEBHOOK_RENEWALS: renewals,
    WEBHOOK_OUTAGE_CUSTOMERS: customers,
  });
}
