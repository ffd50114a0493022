/** `dead-letters drop`: gives a letter up for good. Asks first. */
import { dropLetterBody, letterId } from '../../../src/contracts/queue.ts';
import { dropDeadLetter } from '../../../src/contracts/routes/dead-letters.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  reason: string;
}

async function drop(world: World, api: Api, id: string, options: Options): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const may = await confirm(world, options, `What ${id} reported will never be stored or billed.`);
  if (!may.ok) return may;
  const gone = await api.call(dropDeadLetter, { params: { id }, body: { reason: options.reason } });
  if (!gone.ok) return gone;
  print(world, options, { dropped: id }, [`${id} is given up`]);
  return done;
}

export const deadLettersDropCommand: Define = ({ program, world, withApi }) => {
  program
    .command('drop')
    .description('give one up for good; asks first')
    .argument('<letter>', 'dead_ + 32 hex digits', by(letterId))
    .requiredOption('--reason <text>', 'kept in the audit log', by(dropLetterBody.shape.reason))
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => drop(world, api, id, options)));
};
