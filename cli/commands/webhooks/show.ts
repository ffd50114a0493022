/** `webhooks show`: one event, what became of it, and what Stripe signed. */
import { readEvent } from '../../../src/contracts/routes/webhooks.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { secondOf } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function show(world: World, api: Api, eventId: string, options: JsonOption): Done {
  const read = await api.call(readEvent, { params: { eventId } });
  if (!read.ok) return read;
  const { payload, ...event } = read.value;
  const { error } = event;
  print(world, options, read.value, [
    `event         ${event.event_id}`,
    `type          ${event.type}`,
    `about         ${event.object_id ?? '-'}`,
    `customer      ${event.customer_id ?? '-'}`,
    `state         ${event.state}, tried ${event.attempts === 1 ? 'once' : `${event.attempts} times`}`,
    ...(error === null ? [] : [`why           ${error.code}: ${error.message}`]),
    `received      ${secondOf(event.received_at)}`,
    ...(event.processed_at === null ? [] : [`processed     ${secondOf(event.processed_at)}`]),
    ...JSON.stringify(payload, null, 2).split('\n'),
  ]);
  return done;
}

export const webhooksShowCommand: Define = ({ program, world, withApi }) => {
  program
    .command('show')
    .description('one event, with what Stripe signed')
    .argument('<event>', "Stripe's id, evt_…")
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => show(world, api, id, options)));
};
