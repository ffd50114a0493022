/** `dead-letters replay`: sends one again, or with `--code` all open ones of a code, some a second. */
import { letterId, replayManyBody } from '../../../src/contracts/queue.ts';
import { replayDeadLetter, replayDeadLetters } from '../../../src/contracts/routes/dead-letters.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { howToRead } from '../../batch.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { wholeNumber } from '../../numbers.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  code?: string;
  rate: number;
  reason?: string;
}

async function replay(world: World, api: Api, id: string | undefined, options: Options): Done {
  if (id === undefined) return await replayCode(world, api, options);
  if (options.code !== undefined) return err({ kind: 'usage', message: 'give either a letter or --code' });
  const sent = await api.call(replayDeadLetter, { params: { id }, body: {} });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} was sent again`]);
  return done;
}

async function replayCode(world: World, api: Api, options: Options): Done {
  const { code, rate, reason } = options;
  if (code === undefined)
    return err({ kind: 'usage', message: 'which letter? Give its id, or --code for all of a code' });
  const begun = await api.call(replayDeadLetters, {
    body: { code, rate, ...(reason === undefined ? {} : { reason }) },
  });
  if (!begun.ok) return begun;
  const { batch_id, matched } = begun.value;
  print(world, options, begun.value, [`${counted(matched, 'letter')}, ${rate} a second`, howToRead(batch_id)]);
  return done;
}

export const deadLettersReplayCommand: Define = ({ program, world, withApi }) => {
  program
    .command('replay')
    .description('send one again, or all open ones of a code')
    .argument('[letter]', 'dead_ + 32 hex digits', by(letterId))
    .option('--code <code>', 'all open letters of this code')
    .option('--rate <n>', 'of a code: so many a second, up to 50', wholeNumber(replayManyBody.shape.rate), 10)
    .option('--reason <text>', 'of a code: kept in the audit log', by(replayManyBody.shape.reason))
    .option(...jsonOption)
    .action(withApi((api, id: string | undefined, options: Options) => replay(world, api, id, options)));
};
