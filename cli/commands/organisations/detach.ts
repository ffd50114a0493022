/** `organisations detach`: a namespace is measured to the end of the hour, and no more. Asks first. */
import { organisationId } from '../../../src/contracts/common.ts';
import { projectBody } from '../../../src/contracts/organisations.ts';
import { detachProject } from '../../../src/contracts/routes/organisations.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { minuteOrDash } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  cluster: string;
}

const { shape } = projectBody;

async function detach(world: World, api: Api, id: string, namespace: string, options: Options): Done {
  const { cluster } = options;
  const may = await confirm(
    world,
    options,
    `${namespace} of ${cluster} is measured to the end of the hour, and no more.`,
  );
  if (!may.ok) return may;
  const gone = await api.call(detachProject, { params: { organisationId: id, clusterId: cluster, namespace } });
  if (!gone.ok) return gone;
  const { project } = gone.value;
  const until = minuteOrDash(project.detached_at);
  print(world, options, gone.value, [
    `${namespace} of ${cluster} is detached from ${project.customer_id}, as of ${until}`,
  ]);
  return done;
}

export const organisationsDetachCommand: Define = ({ program, world, withApi }) => {
  program
    .command('detach')
    .description('detach a namespace that was attached; what it used stays')
    .argument('<organisation>', 'org_ + 32 hex digits', by(organisationId))
    .argument('<namespace>', 'which one', by(shape.namespace))
    .requiredOption('--cluster <cluster>', 'where it is', by(shape.cluster_id))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(async (api, id: string, namespace: string, options: Options) => {
        const checked = canConfirm(world, options);
        return checked.ok ? await detach(world, api, id, namespace, options) : checked;
      }),
    );
};
