/**
 * `npm run figures -- year`: a year of many customers who buy, change, cancel, do not pay, report late and are put right, beside an oracle
 * that is fed from the reports alone (support/year). Fails where an invoice differs by a cent. The long form of test/src/year, which runs
 * inside workerd with real D1; groups of customers are years of their own, so that a long run can be cut in parts.
 */
import { Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';
import { runWorkerTests } from './support/worker-tests.ts';

interface Options {
  customers: number;
  days: number;
  seed: number;
  groups: number;
  pace: number;
  part: { number: number; parts: number };
}

/** What a group's year came to, as its test prints it. */
interface Lived {
  counts: Record<string, number>;
  problems: number;
  ms: number;
}

const seedsApart = 1000;
const secondMs = 1000;

/** `3/10` */
function partOf(text: string): Options['part'] {
  const [number, parts] = text.split('/').map(Number);
  if (!number || !parts || number > parts) throw new InvalidArgumentError('must be as 3/10');
  return { number, parts };
}

/** A line of the test, where it is what the group's year came to. */
function livedIn(line: string): Lived | null {
  if (!line.startsWith('{"year":')) return null;
  return (JSON.parse(line) as { year: Lived }).year;
}

/** What the reporter of the tests adds to what is printed. */
const isNoise = (line: string): boolean => line === '' || /^(\S*stdout|.*\bRUN\b)/.test(line);

async function liveGroup({ customers, days, seed, groups, pace }: Options, group: number): Promise<Lived | null> {
  const found: Lived[] = [];
  const size = Math.floor(customers / groups) + (group < customers % groups ? 1 : 0);
  const asked = { YEAR_CUSTOMERS: size, YEAR_DAYS: days, YEAR_SEED: seed + group * seedsApart, YEAR_PACE: pace };
  await runWorkerTests(['test/src/year/year.test.ts'], asked, (line) => {
    const lived = livedIn(line);
    if (lived !== null) found.push(lived);
    else if (!isNoise(line)) console.log(`group ${group + 1}: ${line}`);
  });
  return found[0] ?? null;
}

/** Runs the figure; a problem is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const options = new Command('year')
    .description('a year of customers beside an oracle: each invoice to the cent')
    .option('--customers <n>', 'how many customers', wholeNumber, 200)
    .option('--days <n>', 'how many days', wholeNumber, 365)
    .option('--seed <n>', 'of everything that is drawn', wholeNumber, 1)
    .option('--groups <n>', 'into how many years of their own the customers are cut', wholeNumber, 4)
    .option('--part <k/n>', 'only every n-th group, the k-th of them', partOf, { number: 1, parts: 1 })
    .option('--pace <n>', 'how much oftener than usual things happen', wholeNumber, 1)
    .parse(args, { from: 'user' })
    .opts<Options>();
  const { part } = options;
  const chosen = Array.from({ length: options.groups }, (_, group) => group).filter(
    (group) => group % part.parts === part.number - 1,
  );
  const total: Lived = { counts: {}, problems: 0, ms: 0 };
  for (const group of chosen) {
    const lived = await liveGroup(options, group);
    if (lived === null) {
      console.log(`group ${group + 1} did not come to its end`);
      process.exitCode = 1;
      continue;
    }
    for (const [what, often] of Object.entries(lived.counts)) total.counts[what] = (total.counts[what] ?? 0) + often;
    total.problems += lived.problems;
    total.ms += lived.ms;
  }
  printTable([['what', 'how often'], ...Object.entries(total.counts).toSorted(([a], [b]) => a.localeCompare(b))]);
  const { counts, problems, ms } = total;
  printJson('year', { ...options, groups_run: chosen.length, counts, problems, seconds: Math.round(ms / secondMs) });
  if (problems > 0) process.exitCode = 1;
}
