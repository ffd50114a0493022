/** `plans publish`: makes a file of plans count, after showing what it changes, and whom. */

import { checkPlans, publishPlans } from '../../../src/contracts/routes/plans.ts';
import { err, ok, type Result } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import type { Failure } from '../../failure.ts';
import { counted } from '../../format/amounts.ts';
import { diffLines, type Found, foundLines, issueLines } from '../../format/plans.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { readPlans, takesFile } from '../../plans-file.ts';
import { simulate } from '../../workflow/simulate.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {}

async function publish(world: World, api: Api, file: string, options: Options): Done {
  const may = canConfirm(world, options);
  if (!may.ok) return may;
  const yaml = await readPlans(file);
  if (!yaml.ok) return yaml;
  const checked = await api.call(checkPlans, { body: { yaml: yaml.value } });
  if (!checked.ok) return checked;
  const { valid, issues, diff } = checked.value;
  if (!valid) {
    for (const line of issueLines(file, issues)) world.note(line);
    return err({ kind: 'failed', message: `${file} cannot be published` });
  }
  const found = await whomItChanges(world, api, yaml.value);
  if (!found.ok) return found;
  const shown = found.value === null ? [] : foundLines(found.value);
  for (const line of [...shown, ...diffLines(diff)]) world.note(line);
  const sure = await confirm(world, options, `${file} is published: ${counted(diff.length, 'change')}.`);
  if (!sure.ok) return sure;
  const published = await api.call(publishPlans, { body: { yaml: yaml.value } });
  if (!published.ok) return published;
  const { versions } = published.value;
  const names = versions.map(({ plan, version }) => `${plan} ${version}`).join(', ');
  print(world, options, published.value, [versions.length === 0 ? 'published; no new version' : `published: ${names}`]);
  return done;
}

/** What the simulation that the file needs has found; a new one where there is none. Null where none is needed. */
async function whomItChanges(world: World, api: Api, yaml: string): Promise<Result<Found | null, Failure>> {
  const preview = await api.call(publishPlans, { body: { yaml }, preview: true });
  if (preview.ok) return ok(preview.value.simulation);
  const needed = preview.error.kind === 'refused' && preview.error.code === 'simulation_required';
  return needed ? await simulate(world, api, yaml) : preview;
}

export const plansPublishCommand: Define = ({ program, world, withApi }) => {
  takesFile(program.command('publish'))
    .description('make a file of plans count; simulates it first where a price moves')
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, file: string, options: Options) => publish(world, api, file, options)));
};
