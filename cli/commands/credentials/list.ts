/** `credentials list`: who may act, with what, since when, last used when. No secret is among them. */
import { Option } from 'commander';
import type { z } from 'zod';
import { type CredentialView, credentialKind } from '../../../src/contracts/credentials.ts';
import { listCredentials } from '../../../src/contracts/routes/credentials.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { dateOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {
  kind?: z.infer<typeof credentialKind>;
  owner?: string;
}

const columns: readonly Column[] = [
  { title: 'credential' },
  { title: 'kind' },
  { title: 'owner' },
  { title: 'name' },
  { title: 'role' },
  { title: 'made' },
  { title: 'last used' },
  { title: 'expires' },
  { title: 'revoked' },
];

const rowOf = (one: CredentialView): string[] => [
  one.credential_id,
  one.kind,
  one.owner ?? '-',
  one.name ?? '-',
  one.role ?? '-',
  dateOf(one.created_at),
  one.last_used_on ?? '-',
  minuteOrDash(one.expires_at),
  minuteOrDash(one.revoked_at),
];

async function list(world: World, api: Api, customerId: string | undefined, options: Options): Done {
  const { page, limit, kind } = options;
  const owner = options.owner ?? customerId;
  const read = await api.call(listCredentials, {
    query: {
      page,
      limit,
      ...(kind === undefined ? {} : { kind }),
      ...(owner === undefined ? {} : { owner }),
    },
  });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'credentials', table));
  return done;
}

export const credentialsListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list')), 'credentials')
    .description('keys and tokens without their secrets')
    .addOption(new Option('--kind <kind>', 'only these').choices(credentialKind.options))
    .option('--owner <id>', 'only of this reporter or cluster')
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
