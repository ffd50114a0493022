/** `dead-letters`: what could never be stored and why; one, or all that are open, sent again. */
import { Argument } from 'commander';
import { z } from 'zod';
import { pageQuery } from '../../src/contracts/common.ts';
import type { deadLetter } from '../../src/contracts/usage.ts';
import { idPattern } from '../../src/lib/ids.ts';
import type { Api } from '../api.ts';
import { listDeadLetters, replayDeadLetter } from '../calls.ts';
import { minuteOf } from '../format/amounts.ts';
import { type Column, tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { readAll } from '../pages.ts';
import { by, type Define, type Done, done } from '../program.ts';
import type { World } from '../world.ts';

interface ListOptions extends JsonOption {
  page: number;
  limit: number;
}

type DeadLetter = z.infer<typeof deadLetter>;

const letterId = z.string().regex(idPattern('deadLetter'), 'must look like dead_ + 32 hex digits');

const columns: readonly Column[] = [
  { title: 'letter' },
  { title: 'queue' },
  { title: 'customer' },
  { title: 'buried' },
  { title: 'sent again' },
  { title: 'why' },
];

const rowOf = (letter: DeadLetter): string[] => [
  letter.id,
  letter.queue,
  letter.customer_id ?? '-',
  minuteOf(letter.created_at),
  letter.replayed_at === null ? '-' : minuteOf(letter.replayed_at),
  `${letter.code}: ${letter.message}`,
];

async function list(world: World, api: Api, options: ListOptions): Done {
  const { page, limit } = options;
  const read = await listDeadLetters(api, { page, limit });
  if (!read.ok) return read;
  const pages = Math.max(1, Math.ceil(read.value.total / limit));
  const foot = `page ${page} of ${pages}, ${read.value.total} in all`;
  print(world, options, read.value, [...tableOf(columns, read.value.items.map(rowOf)), foot]);
  return done;
}

async function replay(world: World, api: Api, id: string, options: JsonOption): Done {
  const sent = await replayDeadLetter(api, id);
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} was sent again`]);
  return done;
}

/** What nobody of ours has proven is sent again by its id only, by a person who has looked at it. */
const unproven = 'message_unproven';

/** The list is read whole before the first is sent: a letter that fails again must not be sent twice. */
async function replayAll(world: World, api: Api, options: JsonOption): Done {
  const read = await readAll((page, limit) => listDeadLetters(api, { page, limit }));
  if (!read.ok) return read;
  const open = read.value.items.filter((letter) => letter.replayed_at === null && letter.code !== unproven);
  for (const [i, letter] of open.entries()) {
    const sent = await replayDeadLetter(api, letter.id);
    if (!sent.ok) return sent;
    world.note(`${i + 1} of ${open.length}: ${letter.id}`);
  }
  const ids = open.map((letter) => letter.id);
  print(world, options, { replayed: ids }, [`${ids.length} letters were sent again`]);
  return done;
}

export const deadLettersProgram: Define = ({ program, world, withApi }) => {
  program.description('Usage that could not be stored');
  program
    .command('list', { isDefault: true })
    .description('dead letters, newest first')
    .option('--page <n>', 'page, from 1', by(pageQuery.shape.page), 1)
    .option('--limit <n>', 'letters a page, up to 100', by(pageQuery.shape.limit), 20)
    .option(...jsonOption)
    .action(withApi((api, options: ListOptions) => list(world, api, options)));
  program
    .command('replay')
    .description('send one again')
    .addArgument(new Argument('<letter>', 'dead_ + 32 hex digits').argParser(by(letterId)))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => replay(world, api, id, options)));
  program
    .command('replay-all')
    .description('send all again that are open, but for unproven messages')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => replayAll(world, api, options)));
};
