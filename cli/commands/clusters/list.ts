/** `clusters list`: how full each one is. */

import { listClusters } from '../../../src/contracts/routes/clusters.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { dateOf, quantity } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'cluster' },
  { title: 'namespaces', align: 'right' },
  { title: 'of', align: 'right' },
  { title: 'services up to', align: 'right' },
  { title: 'storage class' },
  { title: 'queue' },
  { title: 'since' },
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listClusters, { query: { page, limit } });
  if (!read.ok) return read;
  const rows = read.value.items.map((one) => [
    one.cluster_id,
    quantity(one.namespaces_used),
    quantity(one.namespaces_max),
    quantity(one.services_max),
    one.storage_class,
    one.queue_binding,
    dateOf(one.created_at),
  ]);
  print(world, options, read.value, pageLines(options, read.value.total, 'clusters', tableOf(columns, rows)));
  return done;
}

export const clustersListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list'), 'clusters')
    .description('clusters and how full they are')
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
