/** `plans migrate`: subscribers of a version get another one at the end of their running period. */

import type { z } from 'zod';
import { customerId } from '../../../src/contracts/common.ts';
import { type MigrateAnswer, migrateBody } from '../../../src/contracts/plan-catalogue.ts';
import { planSlug } from '../../../src/contracts/plans.ts';
import { migrateSubscribers } from '../../../src/contracts/routes/plans.ts';
import { err, type Result } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import type { Failure } from '../../failure.ts';
import { counted } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  from: string;
  to: string;
  customer?: string[];
  all?: boolean;
}

/** What is asked of the API, or why the call says too little or too much. */
function bodyOf({ from, to, customer, all }: Options): Result<z.input<typeof migrateBody>, Failure> {
  if ((customer === undefined) === (all === undefined)) {
    return err({ kind: 'usage', message: 'give either --customer or --all' });
  }
  const whom = customer === undefined ? { all: true as const } : { customer_ids: customer };
  return { ok: true, value: { from_version: from, to_version: to, at: 'period_end', ...whom } };
}

async function migrate(world: World, api: Api, plan: string, options: Options): Done {
  const body = bodyOf(options);
  if (!body.ok) return body;
  const may = canConfirm(world, options);
  if (!may.ok) return may;
  const preview = await api.call(migrateSubscribers, { params: { plan }, body: body.value, preview: true });
  if (!preview.ok) return preview;
  for (const line of skippedLines(preview.value)) world.note(line);
  const deed = `${counted(preview.value.moved, 'customer')} of ${plan} ${options.from} move to ${options.to} at the end of their running period.`;
  const sure = await confirm(world, options, deed);
  if (!sure.ok) return sure;
  const moved = await api.call(migrateSubscribers, { params: { plan }, body: body.value });
  if (!moved.ok) return moved;
  print(world, options, moved.value, [`${counted(moved.value.moved, 'customer')} scheduled to move to ${options.to}`]);
  return done;
}

const skippedLines = ({ skipped }: MigrateAnswer): string[] =>
  skipped.map(({ customer_id, why }) => `${customer_id} is left where it is: ${why}`);

const collect = (text: string, before: string[] = []): string[] => [...before, by(customerId)(text)];

export const plansMigrateCommand: Define = ({ program, world, withApi }) => {
  program
    .command('migrate')
    .argument('<plan>', 'whose subscribers', by(planSlug))
    .description('move subscribers to another version at the end of their period')
    .requiredOption('--from <version>', 'the version that they are on', by(migrateBody.shape.from_version))
    .requiredOption('--to <version>', 'the version that they get', by(migrateBody.shape.to_version))
    .option('--customer <id>', 'this one, by its id; may be repeated', collect)
    .option('--all', 'every subscriber of the version')
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, plan: string, options: Options) => migrate(world, api, plan, options)));
};
