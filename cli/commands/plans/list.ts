/** `plans list`: every published version, its state and how many are on it. */

import { listPlans } from '../../../src/contracts/routes/plans.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { planLines } from '../../format/plans.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function list(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(listPlans, {});
  if (!read.ok) return read;
  print(world, options, read.value, planLines(read.value.items));
  return done;
}

export const plansListCommand: Define = ({ program, world, withApi }) => {
  program
    .command('list', { isDefault: true })
    .description('every published version, with its subscribers')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => list(world, api, options)));
};
