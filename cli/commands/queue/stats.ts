/** `queue stats`: how many jobs are in each state. What `queue` alone answers. */
import { jobState } from '../../../src/contracts/jobs.ts';
import { readQueueStats } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function stats(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(readQueueStats, {});
  if (!read.ok) return read;
  const rows = jobState.options.map((state) => [state, String(read.value[state])]);
  print(world, options, read.value, tableOf([{ title: 'state' }, { title: 'jobs', align: 'right' }], rows));
  return done;
}

export const queueStatsCommand: Define = ({ program, world, withApi }) => {
  program
    .command('stats', { isDefault: true })
    .description('how many jobs are in each state')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => stats(world, api, options)));
};
