/** `queue list`: jobs by page, newest first. */
import { Option } from 'commander';
import { type JobState, type JobView, jobState } from '../../../src/contracts/jobs.ts';
import { listJobs } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {
  state?: JobState;
  search?: string;
  error?: string;
}

const columns: readonly Column[] = [
  { title: 'job' },
  { title: 'verb' },
  { title: 'state' },
  { title: 'runs', align: 'right' },
  { title: 'done', align: 'right' },
  { title: 'customer' },
  { title: 'made' },
  { title: 'last words' },
];

const rowOf = (job: JobView): string[] => [
  job.id,
  job.verb,
  job.state,
  String(job.attempts),
  `${job.progress.percent} %`,
  job.customer_id,
  minuteOf(job.created_at),
  job.error === null ? job.progress.message : job.error.message,
];

async function list(world: World, api: Api, customerId: string | undefined, options: Options): Done {
  const { page, limit, state, error } = options;
  const search = options.search ?? customerId;
  const read = await api.call(listJobs, {
    query: {
      page,
      limit,
      ...(state === undefined ? {} : { state }),
      ...(error === undefined ? {} : { error }),
      ...(search === undefined ? {} : { q: search }),
    },
  });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'jobs', table));
  return done;
}

export const queueListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list')), 'jobs')
    .description('jobs, of one customer or of all, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(jobState.options))
    .option('--search <text>', 'part of an id, a company or an error code')
    .option('--error <text>', 'an error code, or a cause of `queue groups`')
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
