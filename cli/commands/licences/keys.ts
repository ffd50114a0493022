/** `licences keys`: the keys that verify licences, which of them signs, and how long each is needed. */
import type { LicenceKeyView } from '../../../src/contracts/licences.ts';
import { listLicenceKeys } from '../../../src/contracts/routes/licences.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { minuteOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

const columns: readonly Column[] = [
  { title: 'kid' },
  { title: 'state' },
  { title: 'licences', align: 'right' },
  { title: 'needed until' },
];

/** What a key does now; one that cron has not seen yet was published within the last minute. */
function stateOf(key: LicenceKeyView, now: number): string {
  if (key.signs) return 'signs';
  if (key.signs_from === null) return 'published just now';
  return Date.parse(key.signs_from) > now ? `may sign from ${minuteOf(key.signs_from)}` : 'published';
}

async function keys(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(listLicenceKeys, {});
  if (!read.ok) return read;
  const rows = read.value.keys.map((key) => [
    key.kid,
    stateOf(key, world.now()),
    String(key.licences_in_force),
    minuteOrDash(key.needed_until),
  ]);
  print(world, options, read.value, tableOf(columns, rows));
  return done;
}

export const licenceKeysCommand: Define = ({ program, world, withApi }) => {
  program
    .command('keys')
    .description('the public keys that verify licences; the first one signs')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => keys(world, api, options)));
};
