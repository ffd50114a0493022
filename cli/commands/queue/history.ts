/** `queue history`: jobs that ended, by hour; and `queue groups`: what those that failed have in common. */
import { Option } from 'commander';
import { queueHistoryQuery } from '../../../src/contracts/queue.ts';
import { readQueueGroups, readQueueHistory } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { minuteOf, seconds } from '../../format/amounts.ts';
import { tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface HistoryOptions extends JsonOption {
  hours: number;
}

const secondsOrDash = (ms: number | null): string => (ms === null ? '-' : seconds(ms));

async function history(world: World, api: Api, options: HistoryOptions): Done {
  const read = await api.call(readQueueHistory, { query: { hours: options.hours } });
  if (!read.ok) return read;
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'hour' },
    { title: 'done', ...right },
    { title: 'failed', ...right },
    { title: 'half within', ...right },
    { title: '95 % within', ...right },
  ];
  const rows = read.value.map((hour) => [
    minuteOf(hour.hour),
    String(hour.done),
    String(hour.failed),
    secondsOrDash(hour.p50_ms),
    secondsOrDash(hour.p95_ms),
  ]);
  print(world, options, read.value, tableOf(columns, rows));
  return done;
}

export const queueHistoryCommand: Define = ({ program, world, withApi }) => {
  program
    .command('history')
    .description('jobs that ended, by hour, and how long their runs took')
    .option('--hours <n>', 'so many hours back, up to 9600', by(queueHistoryQuery.shape.hours), 24)
    .option(...jsonOption)
    .action(withApi((api, options: HistoryOptions) => history(world, api, options)));
};

interface GroupsOptions extends JsonOption {
  state: 'failed' | 'delayed';
}

async function groups(world: World, api: Api, options: GroupsOptions): Done {
  const read = await api.call(readQueueGroups, { query: { state: options.state } });
  if (!read.ok) return read;
  const columns = [
    { title: 'cause' },
    { title: 'jobs', align: 'right' as const },
    { title: 'oldest' },
    { title: 'newest' },
    { title: 'one of them' },
  ];
  const rows = read.value.map((group) => [
    group.cause,
    String(group.jobs),
    minuteOf(group.oldest),
    minuteOf(group.newest),
    group.sample_id,
  ]);
  print(world, options, read.value, rows.length === 0 ? [`no ${options.state} jobs`] : tableOf(columns, rows));
  return done;
}

export const queueGroupsCommand: Define = ({ program, world, withApi }) => {
  program
    .command('groups')
    .description('what jobs that failed have in common')
    .addOption(new Option('--state <state>', 'of jobs in this state').choices(['failed', 'delayed']).default('failed'))
    .option(...jsonOption)
    .action(withApi((api, options: GroupsOptions) => groups(world, api, options)));
};
