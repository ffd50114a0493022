/** `organisations add`: one more, without customers at first. */
import { organisationBody } from '../../../src/contracts/organisations.ts';
import { createOrganisation } from '../../../src/contracts/routes/organisations.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  slug?: string;
}

const { shape } = organisationBody;

async function add(world: World, api: Api, name: string, options: Options): Done {
  const { slug } = options;
  const made = await api.call(createOrganisation, { body: { name, ...(slug === undefined ? {} : { slug }) } });
  if (!made.ok) return made;
  const { organisation } = made.value;
  print(world, options, made.value, [`${organisation.name} is ${organisation.slug}: ${organisation.organisation_id}`]);
  return done;
}

export const organisationsAddCommand: Define = ({ program, world, withApi }) => {
  program
    .command('add')
    .description('add an organisation')
    .argument('<name>', 'its name', by(shape.name))
    .option(
      '--slug <slug>',
      'its short name, the org of its tokens; made of the name unless given',
      by(shape.slug.unwrap()),
    )
    .option(...jsonOption)
    .action(withApi((api, name: string, options: Options) => add(world, api, name, options)));
};
