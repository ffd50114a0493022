/** `dead-letters replay`: sends one again. */
import { z } from 'zod';
import { replayDeadLetter } from '../../../src/contracts/routes/usage-admin.ts';
import { idPattern } from '../../../src/lib/ids.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

const letterId = z.string().regex(idPattern('deadLetter'), 'must look like dead_ + 32 hex digits');

async function replay(world: World, api: Api, id: string, options: JsonOption): Done {
  const sent = await api.call(replayDeadLetter, { params: { id }, body: {} });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} was sent again`]);
  return done;
}

export const deadLettersReplayCommand: Define = ({ program, world, withApi }) => {
  program
    .command('replay')
    .description('send one again')
    .argument('<letter>', 'dead_ + 32 hex digits', by(letterId))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => replay(world, api, id, options)));
};
