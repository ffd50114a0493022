/**
 * `npm run figures -- api-fuzz`: schemathesis against the platform, once as each kind of principal. The whole takes an hour on a busy machine:
 * `--principal`, `--operations` and `--per-operation` run a part of it, and it says how far it is.
 */
import { Command } from 'commander';
import { fuzz } from './support/api-fuzz/fuzz.ts';
import { isPrincipal, type PrincipalName, principalNames } from './support/api-fuzz/principals.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

interface Options {
  cases: number;
  perOperation?: number;
  operations: string;
  phases: string;
  seed: number;
  principal: PrincipalName[];
  schemathesis: string;
}

const namesIn = (text: string): PrincipalName[] => {
  const names = text.split(',');
  const unknown = names.find((name) => !isPrincipal(name));
  if (unknown !== undefined) throw new Error(`there is no principal ${unknown}: ${principalNames.join(', ')}`);
  return names.filter(isPrincipal);
};

export async function run(args: string[]): Promise<void> {
  const command = new Command('api-fuzz')
    .description(
      'cases made from /api/openapi.json (pip install schemathesis==4.32.0): 5xx, and answers that it does not allow',
    )
    .option('--cases <n>', 'cases a principal, at least', wholeNumber, 3_000)
    .option(
      '--per-operation <n>',
      'random cases an operation at most, instead of what --cases makes of it',
      wholeNumber,
    )
    .option('--operations <regexp>', 'only those whose id it finds', '')
    .option('--phases <names>', 'of coverage, fuzzing', 'coverage,fuzzing')
    .option('--seed <n>', 'of the cases', wholeNumber, 1)
    .option('--principal <names>', `of ${principalNames.join(', ')}`, namesIn, [...principalNames])
    .option('--schemathesis <file>', 'its program', 'schemathesis')
    .parse(args, { from: 'user' });
  const { principal: principals, ...options } = command.opts<Options>();
  const results = await fuzz(principals, options, (line) => console.log(line));
  printTable([
    ['principal', 'operations', 'cases', 'accepted', '5xx', 'undeclared'],
    ...results.map((r) => [r.principal, r.operations, r.cases, r.accepted, r.server_errors, r.undeclared]),
  ]);
  printJson('api-fuzz', { seed: options.seed, results });
  const isPart = options.perOperation !== undefined || options.operations !== '' || !options.phases.includes('fuzzing');
  const bad = results.some(
    (r) => r.server_errors + r.undeclared > 0 || !r.complete || (!isPart && r.cases < options.cases),
  );
  if (bad) process.exitCode = 1;
}
