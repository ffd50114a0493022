/** `invariants`: whether the ledger holds together, as last checked or checked now. A broken rule is exit code 1. */
import type { InvariantView } from '../../src/contracts/drift.ts';
import { readInvariants, runInvariants } from '../../src/contracts/routes/drift.ts';
import { err } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import { type Define, type Done, done } from '../command.ts';
import { counted, minuteOf } from '../format/amounts.ts';
import { tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  now?: true;
}

const rowOf = ({ name, ok, rows, checked_at }: InvariantView): string[] => [
  name,
  ok ? 'holds' : `broken by ${counted(rows.length, 'row')}`,
  minuteOf(checked_at),
  rows[0] ? JSON.stringify(rows[0]) : '',
];
const columns = [{ title: 'rule' }, { title: 'state' }, { title: 'checked' }, { title: 'first row' }];

async function show(world: World, api: Api, options: Options): Done {
  const read = options.now ? await api.call(runInvariants, { body: {} }) : await api.call(readInvariants, {});
  if (!read.ok) return read;
  const { items } = read.value;
  print(
    world,
    options,
    read.value,
    items.length === 0 ? ['nothing has been checked yet: --now'] : tableOf(columns, items.map(rowOf)),
  );
  const broken = items.filter(({ ok }) => !ok);
  return broken.length === 0
    ? done
    : err({ kind: 'failed', message: `${counted(broken.length, 'rule')} of the ledger not kept` });
}

export const invariantsProgram: Define = ({ program, world, withApi }) => {
  program
    .description('Whether the ledger holds together')
    .option('--now', 'check every rule now')
    .option(...jsonOption)
    .action(withApi((api, options: Options) => show(world, api, options)));
};
