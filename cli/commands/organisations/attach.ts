/** `organisations attach`: a namespace of a cluster becomes a project of a customer. */
import { organisationId } from '../../../src/contracts/common.ts';
import { projectBody } from '../../../src/contracts/organisations.ts';
import { attachProject } from '../../../src/contracts/routes/organisations.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  customer: string;
  cluster: string;
}

const { shape } = projectBody;

async function attach(world: World, api: Api, id: string, namespace: string, options: Options): Done {
  const { customer, cluster } = options;
  const made = await api.call(attachProject, {
    params: { organisationId: id },
    body: { namespace, customer_id: customer, cluster_id: cluster },
  });
  if (!made.ok) return made;
  print(world, options, made.value, [`${namespace} of ${cluster} is a project of ${customer}`]);
  return done;
}

export const organisationsAttachCommand: Define = ({ program, world, withApi }) => {
  program
    .command('attach')
    .description('attach a namespace to a customer of an organisation')
    .argument('<organisation>', 'org_ + 32 hex digits', by(organisationId))
    .argument('<namespace>', 'which one', by(shape.namespace))
    .requiredOption('--customer <id>', 'whose it is', by(shape.customer_id))
    .requiredOption('--cluster <cluster>', 'where it is, which is where the customer is', by(shape.cluster_id))
    .option(...jsonOption)
    .action(
      withApi((api, id: string, namespace: string, options: Options) => attach(world, api, id, namespace, options)),
    );
};
