/** `organisations list`: who they are, and where their people sign in. */
import type { OrganisationView } from '../../../src/contracts/organisations.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { dateOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'organisation' },
  { title: 'slug' },
  { title: 'name' },
  { title: 'issuer' },
  { title: 'since' },
];

const rowOf = (one: OrganisationView): string[] => [
  one.organisation_id,
  one.slug,
  one.name,
  one.issuer ?? '-',
  dateOf(one.created_at),
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listOrganisations, { query: { page, limit } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'organisations', table));
  return done;
}

export const organisationsListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list'), 'organisations')
    .description('organisations and where their people sign in')
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
