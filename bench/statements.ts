/**
 * `npm run figures -- statements`: each field of many random statements changed one at a time, and each window dropped, doubled, swapped and
 * changed: whether each is named; and what the largest customer's takes. The long form of test/src/statements.
 */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs it; a change that is not named is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('statements')
    .description('statements of random months, changed in every place')
    .option('--statements <n>', 'how many', wholeNumber, 200)
    .option('--first <n>', 'the seed of the first', wholeNumber, 1)
    .option('--namespaces <n>', 'of the largest customer', wholeNumber, 100)
    .parse(args, { from: 'user' });
  const { statements, first, namespaces } = command.opts<Record<'statements' | 'first' | 'namespaces', number>>();
  await runWorkerTests(['test/src/statements/largest.test.ts', 'test/src/statements/changed.test.ts'], {
    STATEMENTS: statements,
    STATEMENTS_FIRST: first,
    STATEMENTS_NAMESPACES: namespaces,
  });
}
