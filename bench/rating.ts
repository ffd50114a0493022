/** `npm run figures -- rating`: random bills against an oracle of exact fractions, properties of stories, mutants seen. */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { compare } from '../test/oracle/compare.ts';
import { mutants } from '../test/oracle/mutants.ts';
import { billsUntilSeen } from '../test/oracle/mutate.ts';
import { type Bill, productOf } from '../test/oracle/product.ts';
import { brokenBy } from '../test/oracle/properties.ts';
import { storyOf } from '../test/oracle/stories.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { bills: number; stories: number; mutants: number; first: number };
const root = fileURLToPath(new URL('..', import.meta.url));
const shownMax = 20;

function compareBills(product: Bill, { bills, first }: Options) {
  const found = { lines: 0, ties: 0, differing: 0, differences: [] as string[] };
  for (let seed = first; seed < first + bills; seed++) {
    const { lines, ties, differences } = compare(product, storyOf(seed));
    found.lines += lines;
    found.ties += ties;
    if (differences.length === 0) continue;
    found.differing++;
    if (found.differences.length < shownMax) found.differences.push(`seed ${seed}: ${differences[0]}`);
  }
  return found;
}

function tryProperties(product: Bill, { stories, first }: Options): string[] {
  const broken: string[] = [];
  for (let seed = first; seed < first + stories; seed++) broken.push(...brokenBy(product, storyOf(seed)));
  return broken;
}

/** Runs the figure; a difference, a broken property or a mutant that nothing sees is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('rating')
    .description('random bills beside an independent oracle, properties of random stories, mutants of the product')
    .option('--bills <n>', 'bills to compare line by line', wholeNumber, 100_000)
    .option('--stories <n>', 'stories to try the properties on', wholeNumber, 30_000)
    .option('--mutants <n>', 'bills in which a mutant must be seen', wholeNumber, 5_000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const product = await productOf(root);
  const bills = compareBills(product, options);
  for (const difference of bills.differences) console.log(difference);
  console.log(`${options.bills} bills compared`);
  const broken = tryProperties(product, options);
  for (const one of broken.slice(0, shownMax)) console.log(one);
  console.log(`${options.stories} stories tried`);
  const seen: { name: string; bills: number | null }[] = [];
  for (const mutant of mutants) {
    seen.push({ name: mutant.name, bills: await billsUntilSeen(mutant, options.mutants, options.first) });
  }
  printTable([['mutant', 'seen in bill'], ...seen.map(({ name, bills }) => [name, bills ?? 'never'])]);
  const unseen = seen.filter((one) => one.bills === null).length;
  printTable([
    ['figure', 'found', 'promised'],
    ['bills that differ', bills.differing, 0],
    ['properties broken', broken.length, 0],
    ['mutants not seen', unseen, 0],
  ]);
  printJson('rating', {
    bills: options.bills,
    lines: bills.lines,
    ties: bills.ties,
    differing: bills.differing,
    stories: options.stories,
    broken: broken.length,
    mutants: seen.length,
    unseen,
  });
  if (bills.differing + broken.length + unseen > 0) process.exitCode = 1;
}
