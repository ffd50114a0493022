/** `dead-letters list`: what could not be stored and why, newest first. */
import type { z } from 'zod';
import type { deadLetter } from '../../../src/contracts/queue.ts';
import { listDeadLetters } from '../../../src/contracts/routes/dead-letters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { minuteOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'letter' },
  { title: 'queue' },
  { title: 'customer' },
  { title: 'buried' },
  { title: 'sent again' },
  { title: 'why' },
];

const rowOf = (letter: z.infer<typeof deadLetter>): string[] => [
  letter.id,
  letter.queue,
  letter.customer_id ?? '-',
  minuteOf(letter.created_at),
  minuteOrDash(letter.replayed_at),
  `${letter.code}: ${letter.message}`,
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listDeadLetters, { query: { page, limit } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'dead letters', table));
  return done;
}

export const deadLettersListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list', { isDefault: true }), 'letters')
    .description('dead letters, newest first')
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
