/** `dead-letters groups`: open letters by their code. */
import { readDeadLetterGroups } from '../../../src/contracts/routes/dead-letters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { minuteOf } from '../../format/amounts.ts';
import { tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function groups(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(readDeadLetterGroups, {});
  if (!read.ok) return read;
  const columns = [
    { title: 'code' },
    { title: 'letters', align: 'right' as const },
    { title: 'customers', align: 'right' as const },
    { title: 'oldest' },
    { title: 'newest' },
    { title: 'what the newest says' },
  ];
  const rows = read.value.map((group) => [
    group.code,
    String(group.letters),
    String(group.customers),
    minuteOf(group.oldest),
    minuteOf(group.newest),
    group.message,
  ]);
  print(world, options, read.value, rows.length === 0 ? ['no open dead letters'] : tableOf(columns, rows));
  return done;
}

export const deadLettersGroupsCommand: Define = ({ program, world, withApi }) => {
  program
    .command('groups')
    .description('open letters by their code')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => groups(world, api, options)));
};
