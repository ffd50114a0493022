/** `npm run figures -- licences`: valid licences refused while the keys rotate, and licences issued and verified a second. */
import { Command } from 'commander';
import { refusedIn, tellRotation } from '../test/licences/rotation.ts';
import { jobNames } from './support/licences/jobs.ts';
import { paces } from './support/licences/pace.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = Record<'issues' | 'verifications' | 'rotations' | 'seed' | 'rounds' | 'jobs', number>;

/** Runs the figure; a valid licence that is refused is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('licences')
    .description('licences while their keys rotate, and how many are issued and verified a second')
    .option('--issues <n>', 'licences to issue', wholeNumber, 1_000)
    .option('--verifications <n>', 'verifications by 20 verifiers', wholeNumber, 10_000)
    .option('--rotations <n>', 'changes of the key that signs', wholeNumber, 10)
    .option('--seed <n>', 'seed of the story', wholeNumber, 1)
    .option('--rounds <n>', 'rounds of the timing', wholeNumber, 7)
    .option('--jobs <n>', 'licences of a round', wholeNumber, 300)
    .parse(args, { from: 'user' });
  const { rounds, jobs, ...story } = command.opts<Options>();
  const told = await tellRotation({ ...story, waits: true });
  const unwise = await tellRotation({ ...story, waits: false });
  const pace = await paces({ rounds, n: jobs });
  const refused = refusedIn(told);
  printTable([
    ['figure', 'found', 'promised'],
    ['licences issued', told.issued, ''],
    ['verifications of valid licences', told.verified, ''],
    ['valid licences refused', refused, 0],
    ['refused if a new key signed at once', refusedIn(unwise), ''],
    ['keys that signed', told.signed, ''],
    ['keys retired', told.retired, ''],
  ]);
  printTable([['a second', 'Node', 'workerd'], ...jobNames.map((name) => [name, pace[name].node, pace[name].workerd])]);
  printJson('licences', { ...story, ...told, refused, refused_at_once: refusedIn(unwise), pace });
  if (refused > 0) process.exitCode = 1;
}
