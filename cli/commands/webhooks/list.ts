/** `webhooks list`: events of Stripe by page, newest first. */
import { Option } from 'commander';
import type { z } from 'zod';
import { listEvents } from '../../../src/contracts/routes/webhooks.ts';
import { type EventState, type eventList, eventState, eventsQuery } from '../../../src/contracts/webhooks.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {
  state?: EventState;
  type?: string;
  search?: string;
}

const columns: readonly Column[] = [
  { title: 'event' },
  { title: 'type' },
  { title: 'about' },
  { title: 'customer' },
  { title: 'state' },
  { title: 'tries', align: 'right' },
  { title: 'received' },
  { title: 'why' },
];

const rowOf = (event: z.infer<typeof eventList>['items'][number]): string[] => [
  event.event_id,
  event.type,
  event.object_id ?? '-',
  event.customer_id ?? '-',
  event.state,
  String(event.attempts),
  minuteOf(event.received_at),
  event.error === null ? '' : `${event.error.code}: ${event.error.message}`,
];

async function list(world: World, api: Api, customerId: string | undefined, options: Options): Done {
  const { page, limit, state, type, search } = options;
  const read = await api.call(listEvents, {
    query: {
      page,
      limit,
      ...(state === undefined ? {} : { state }),
      ...(type === undefined ? {} : { type }),
      ...(search === undefined ? {} : { q: search }),
      ...(customerId === undefined ? {} : { customer_id: customerId }),
    },
  });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'events', table));
  return done;
}

export const webhooksListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list', { isDefault: true })), 'events')
    .description('events about one customer or about all, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(eventState.options))
    .option('--type <type>', 'only this type, e.g. invoice.paid', by(eventsQuery.shape.type))
    .option('--search <text>', 'part of an id (event, object, customer) or of the type', by(eventsQuery.shape.q))
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
