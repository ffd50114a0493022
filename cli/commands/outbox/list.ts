/** `outbox list`: rows of a state, newest first; what was refused unless told otherwise. */

import { Option } from 'commander';
import type { z } from 'zod';
import { type OutboxItem, outboxQuery } from '../../../src/contracts/outbox.ts';
import { listOutbox } from '../../../src/contracts/routes/outbox.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {
  state: z.output<typeof outboxQuery>['state'];
}

const columns: readonly Column[] = [
  { title: 'row' },
  { title: 'what' },
  { title: 'about' },
  { title: 'state' },
  { title: 'tries', align: 'right' },
  { title: 'last said' },
  { title: 'since' },
];

const rowOf = (row: OutboxItem): string[] => [
  row.outbox_id,
  row.kind,
  row.subject ?? '-',
  row.state,
  String(row.attempts),
  row.last_error ?? '-',
  minuteOf(row.created_at),
];

async function list(world: World, api: Api, { page, limit, state, ...options }: Options): Done {
  const read = await api.call(listOutbox, { query: { page, limit, state } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines({ page, limit }, read.value.total, 'rows', table));
  return done;
}

export const outboxListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list', { isDefault: true }), 'rows')
    .description('what waits or was refused, newest first')
    .addOption(
      new Option('--state <state>', 'never: refused; shut: what waits for Stripe while the outbox is shut')
        .choices(outboxQuery.shape.state.unwrap().options)
        .default('never'),
    )
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
