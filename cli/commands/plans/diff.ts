/** `plans diff`: what a file of plans would change of what is sold now. */

import { checkPlans } from '../../../src/contracts/routes/plans.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { diffLines, issueLines } from '../../format/plans.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { readPlans, takesFile } from '../../plans-file.ts';
import type { World } from '../../world.ts';

async function diff(world: World, api: Api, file: string, options: JsonOption): Done {
  const yaml = await readPlans(file);
  if (!yaml.ok) return yaml;
  const read = await api.call(checkPlans, { body: { yaml: yaml.value } });
  if (!read.ok) return read;
  const { valid, issues } = read.value;
  for (const line of issueLines(file, issues)) world.note(line);
  print(world, options, read.value.diff, valid || read.value.diff.length > 0 ? diffLines(read.value.diff) : []);
  return valid ? done : err({ kind: 'failed', message: `${file} cannot be published` });
}

export const plansDiffCommand: Define = ({ program, world, withApi }) => {
  takesFile(program.command('diff'))
    .description('what a file of plans would change of what is sold')
    .option(...jsonOption)
    .action(withApi((api, file: string, options: JsonOption) => diff(world, api, file, options)));
};
