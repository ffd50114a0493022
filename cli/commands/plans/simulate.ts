/** `plans simulate`: what every customer's last full period would have cost by the plans of a file. */

import { simulationBody } from '../../../src/contracts/plan-catalogue.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { foundLines } from '../../format/plans.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { readPlans, takesFile } from '../../plans-file.ts';
import { simulate } from '../../workflow/simulate.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  period?: string;
}

async function run(world: World, api: Api, file: string, options: Options): Done {
  const yaml = await readPlans(file);
  if (!yaml.ok) return yaml;
  const found = await simulate(world, api, yaml.value, options.period);
  if (!found.ok) return found;
  const { skipped, incomplete } = found.value;
  print(world, options, found.value, [
    ...foundLines(found.value),
    ...(skipped > 0 ? [`${counted(skipped, 'customer')} without such a period`] : []),
    ...(incomplete > 0 ? [`${counted(incomplete, 'customer')} with gaps in the usage`] : []),
  ]);
  return done;
}

export const plansSimulateCommand: Define = ({ program, world, withApi }) => {
  takesFile(program.command('simulate'))
    .description('last full periods rated by the plans of a file')
    .option('--period <start>', 'another period, by its start', by(simulationBody.shape.period))
    .option(...jsonOption)
    .action(withApi((api, file: string, options: Options) => run(world, api, file, options)));
};
