/**
 * `npm run figures -- corrections`: usage of random customers that is put right: how often a preview is not what invoices then
 * have, or billed plus deltas not what would have been billed. The long form of test/src/usage/correction-figures.test.ts,
 * which runs inside workerd with real D1.
 */
import { Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from './support/options.ts';
import { runWorkerTests } from './support/worker-tests.ts';

/** Runs the figure; an amount that differs is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('corrections')
    .description('preview = invoice, and billed + deltas = what would have been billed, 10 corrections a customer')
    .option('--stories <n>', 'how many customers', wholeNumber, 1_000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .option('--part <n/of>', 'one of so many equal parts of them, e.g. 2/8', partOf, { part: 1, of: 1 })
    .parse(args, { from: 'user' });
  const { stories, first, part: chosen } = command.opts<{ stories: number; first: number; part: Part }>();
  const { part, of } = chosen;
  const before = Math.floor((stories * (part - 1)) / of);
  await runWorkerTests(['test/src/usage/correction-figures.test.ts'], {
    CORRECTION_STORIES: Math.floor((stories * part) / of) - before,
    CORRECTION_FIRST: first + before,
  });
}

interface Part {
  part: number;
  of: number;
}

function partOf(text: string): Part {
  const [part = 0, of = 0] = /^(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  if (part < 1 || part > of) throw new InvalidArgumentError('must be like 2/8');
  return { part, of };
}
