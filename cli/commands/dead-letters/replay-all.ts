/** `dead-letters replay-all`: sends all again that are open. */

import { listDeadLetters, replayDeadLetter } from '../../../src/contracts/routes/dead-letters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { readAll } from '../../pages.ts';
import type { World } from '../../world.ts';

/** What nobody of ours has proven is sent again by its id only, by a person who has looked at it. */
const unproven = 'message_unproven';

/** All of the list is read before the first letter is sent: a letter that fails again must not be sent twice. */
async function replayAll(world: World, api: Api, options: JsonOption): Done {
  const read = await readAll((page, limit) => api.call(listDeadLetters, { query: { page, limit } }), {
    idOf: (letter) => letter.id,
  });
  if (!read.ok) return read;
  const open = read.value.items.filter((letter) => letter.replayed_at === null && letter.code !== unproven);
  for (const [i, letter] of open.entries()) {
    const sent = await api.call(replayDeadLetter, { params: { id: letter.id }, body: {} });
    if (!sent.ok) return sent;
    world.note(`${i + 1} of ${open.length}: ${letter.id}`);
  }
  const ids = open.map((letter) => letter.id);
  print(world, options, { replayed: ids }, [`sent again: ${counted(ids.length, 'letter')}`]);
  return done;
}

export const deadLettersReplayAllCommand: Define = ({ program, world, withApi }) => {
  program
    .command('replay-all')
    .description('send all again that are open, but for unproven messages')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => replayAll(world, api, options)));
};
