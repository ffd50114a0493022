/** `webhooks replay`: has an event processed again, or with `--dead` all that were given up, some a second. */
import { replayEvent, replayEvents } from '../../../src/contracts/routes/webhooks.ts';
import { replayEventsBody } from '../../../src/contracts/webhooks.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { howToRead } from '../../batch.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { wholeNumber } from '../../numbers.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  dead?: true;
  type?: string;
  rate: number;
}

async function replay(world: World, api: Api, eventId: string | undefined, options: Options): Done {
  const { dead, type } = options;
  if (eventId === undefined) {
    if (dead) return await replayDead(world, api, options);
    return err({ kind: 'usage', message: 'which event? Give its id, or --dead for all that were given up' });
  }
  if (dead || type !== undefined) return err({ kind: 'usage', message: 'give either an event or --dead' });
  const again = await api.call(replayEvent, { params: { eventId }, body: {} });
  if (!again.ok) return again;
  print(world, options, again.value, [`${eventId} (${again.value.event.type}) is processed again`]);
  return done;
}

async function replayDead(world: World, api: Api, options: Options): Done {
  const { type, rate } = options;
  const begun = await api.call(replayEvents, {
    body: { state: 'dead', rate, ...(type === undefined ? {} : { type }) },
  });
  if (!begun.ok) return begun;
  const { batch_id, events } = begun.value;
  print(world, options, begun.value, [`${counted(events, 'event')}, ${rate} a second`, howToRead(batch_id)]);
  return done;
}

export const webhooksReplayCommand: Define = ({ program, world, withApi }) => {
  const { type, rate } = replayEventsBody.shape;
  program
    .command('replay')
    .description('process one again that is ignored, failed or dead, or all dead ones')
    .argument('[event]', "Stripe's id, evt_…")
    .option('--dead', 'all that were given up')
    .option('--type <type>', 'of the dead: only this type', by(type))
    .option('--rate <n>', 'of the dead: so many a second, up to 50', wholeNumber(rate), 5)
    .option(...jsonOption)
    .action(withApi((api, id: string | undefined, options: Options) => replay(world, api, id, options)));
};
