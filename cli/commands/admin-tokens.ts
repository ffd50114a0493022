/** `admin-tokens`: tokens for people and programs that operate this Tenantry; listed and revoked by `credentials`. */
import { Option } from 'commander';
import type { z } from 'zod';
import { adminRole, adminTokenBody } from '../../src/contracts/credentials.ts';
import { makeAdminToken } from '../../src/contracts/routes/credentials.ts';
import type { Api } from '../api.ts';
import { by, type Define, type Done, done, instantBy } from '../command.ts';
import { titled } from '../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { whenHelp } from '../when.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  name: string;
  role: z.infer<typeof adminRole>;
  expires?: string;
}

async function create(world: World, api: Api, options: Options): Done {
  const { name, role, expires } = options;
  const made = await api.call(makeAdminToken, {
    body: { name, role, ...(expires === undefined ? {} : { expires_at: expires }) },
  });
  if (!made.ok) return made;
  const { credential_id: id, token } = made.value;
  print(world, options, made.value, [
    titled('credential', id),
    titled('token', token),
    'The token is shown this once only: keep it.',
    `It is revoked with: tenantry credentials revoke ${id}`,
  ]);
  return done;
}

export const adminTokensProgram: Define = ({ program, world, withApi }) => {
  program.description('Tokens for who operates this Tenantry');
  program
    .command('create')
    .description('make a token; prints it, once')
    .requiredOption('--name <name>', 'whose it is', by(adminTokenBody.shape.name))
    .addOption(
      new Option('--role <role>', 'viewer reads, operator acts, owner also makes keys')
        .choices(adminRole.options)
        .makeOptionMandatory(),
    )
    .option('--expires <instant>', `${whenHelp}; never unless given`, instantBy(world, 'ahead'))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => create(world, api, options)));
};
