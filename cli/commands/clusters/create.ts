/** `clusters create`: one more place for customers. */
import type { Command } from 'commander';
import { z } from 'zod';
import { clusterBody } from '../../../src/contracts/organisations.ts';
import { createCluster } from '../../../src/contracts/routes/clusters.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  queueBinding: string;
  namespacesMax?: number;
  servicesMax?: number;
  storageClass?: string;
}

const { shape } = clusterBody;
const count = (field: z.ZodDefault<z.ZodNumber>) => by(z.coerce.number().pipe(field.unwrap()));

export const takesCluster = (command: Command): Command =>
  command.argument('<cluster>', 'its id, e.g. eu-west-1', by(shape.cluster_id));

async function create(world: World, api: Api, id: string, options: Options): Done {
  const { queueBinding, namespacesMax, servicesMax, storageClass } = options;
  const made = await api.call(createCluster, {
    body: {
      cluster_id: id,
      queue_binding: queueBinding,
      ...(namespacesMax === undefined ? {} : { namespaces_max: namespacesMax }),
      ...(servicesMax === undefined ? {} : { services_max: servicesMax }),
      ...(storageClass === undefined ? {} : { storage_class: storageClass }),
    },
  });
  if (!made.ok) return made;
  const { cluster } = made.value;
  print(world, options, made.value, [
    titled('cluster', cluster.cluster_id),
    titled('room', `${cluster.namespaces_max} namespaces, ${cluster.services_max} services`),
    titled('storage class', cluster.storage_class),
    `Its provisioner needs a token: tenantry clusters token ${cluster.cluster_id}`,
  ]);
  return done;
}

export const clustersCreateCommand: Define = ({ program, world, withApi }) => {
  takesCluster(program.command('create'))
    .description('add a cluster')
    .requiredOption('--queue-binding <name>', "the Worker's binding of its doorbell queue", by(shape.queue_binding))
    .option('--namespaces-max <n>', 'customers it may hold', count(shape.namespaces_max))
    .option('--services-max <n>', 'services it may hold', count(shape.services_max))
    .option('--storage-class <name>', 'of the customers’ volumes', by(shape.storage_class.unwrap()))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => create(world, api, id, options)));
};
