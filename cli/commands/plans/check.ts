/** `plans check`: what is wrong with a file of plans. */

import { checkPlans } from '../../../src/contracts/routes/plans.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { issueLines } from '../../format/plans.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { readPlans, takesFile } from '../../plans-file.ts';
import type { World } from '../../world.ts';

async function check(world: World, api: Api, file: string, options: JsonOption): Done {
  const yaml = await readPlans(file);
  if (!yaml.ok) return yaml;
  const read = await api.call(checkPlans, { body: { yaml: yaml.value } });
  if (!read.ok) return read;
  const { valid, issues, diff } = read.value;
  const changes = diff.length === 0 ? 'nothing changes' : `${counted(diff.length, 'change')}: tenantry plans diff`;
  print(world, options, read.value, valid ? [`${file} is right; ${changes}`] : issueLines(file, issues));
  return valid ? done : err({ kind: 'failed', message: `${file} cannot be published` });
}

export const plansCheckCommand: Define = ({ program, world, withApi }) => {
  takesFile(program.command('check'))
    .description('what is wrong with a file of plans')
    .option(...jsonOption)
    .action(withApi((api, file: string, options: JsonOption) => check(world, api, file, options)));
};
