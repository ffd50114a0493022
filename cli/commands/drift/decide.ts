/** `drift fix` and `drift ignore`: a difference is mended as its fix says, after a preview and a question, or let be. */
import type { z } from 'zod';
import { type driftDecisionAnswer, driftDecisionBody } from '../../../src/contracts/drift.ts';
import { fixDrift, ignoreDrift } from '../../../src/contracts/routes/drift.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  reason: string;
}

const inWords = ({ drift }: z.infer<typeof driftDecisionAnswer>): string =>
  `${drift.object_id} (${drift.kind}): ours ${drift.expected}, Stripe ${drift.found}`;

async function fix(world: World, api: Api, driftId: string, options: Options & YesOption): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const call = { params: { driftId }, body: { reason: options.reason } };
  const seen = await api.call(fixDrift, { ...call, preview: true });
  if (!seen.ok) return seen;
  const may = await confirm(world, options, `${inWords(seen.value)}. What happens: ${seen.value.drift.fix ?? '-'}.`);
  if (!may.ok) return may;
  const mended = await api.call(fixDrift, call);
  if (!mended.ok) return mended;
  print(world, options, mended.value, [`${driftId} is mended`]);
  return done;
}

async function ignore(world: World, api: Api, driftId: string, options: Options): Done {
  const left = await api.call(ignoreDrift, { params: { driftId }, body: { reason: options.reason } });
  if (!left.ok) return left;
  print(world, options, left.value, [`${driftId} is let be: ${inWords(left.value)}`]);
  return done;
}

export const driftFixCommand: Define = ({ program, world, withApi }) => {
  program
    .command('fix')
    .description('mend one as its fix says; shows it and asks first')
    .argument('<drift>', 'drf_ + 32 hex digits')
    .requiredOption('--reason <text>', 'kept in the audit log', by(driftDecisionBody.shape.reason))
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options & YesOption) => fix(world, api, id, options)));
};

export const driftIgnoreCommand: Define = ({ program, world, withApi }) => {
  program
    .command('ignore')
    .description('let one be; it is not said again')
    .argument('<drift>', 'drf_ + 32 hex digits')
    .requiredOption('--reason <text>', 'kept in the audit log', by(driftDecisionBody.shape.reason))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => ignore(world, api, id, options)));
};
