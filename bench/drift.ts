/**
 * `npm run figures -- drift`: 50 faults of fourteen kinds, drawn from a seed, between our rows and Stripe: how many are found, and what is found
 * beside them, before, while and after they are there. The long form of test/src/drift/drift.test.ts.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs it; a fault that is not found, or a difference that is none, is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('drift')
    .description('50 faults between our rows and Stripe, of each seed')
    .option('--seeds <n>', 'how many', wholeNumber, 20)
    .option('--first <n>', 'the first of them', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const { seeds, first } = command.opts<Record<'seeds' | 'first', number>>();
  await runWorkerTests(['test/src/drift/drift.test.ts'], { DRIFT_SEEDS: seeds, DRIFT_FIRST: first });
}
