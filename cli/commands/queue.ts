/** `queue`: how the deployment queue stands, its jobs, and a failed one sent again. */
import { Argument, Option } from 'commander';
import { jobId, pageQuery } from '../../src/contracts/common.ts';
import { type JobState, jobState } from '../../src/contracts/jobs.ts';
import type { Api } from '../api.ts';
import { listJobs, readJob, readQueueStats, retryJob } from '../calls.ts';
import { minuteOf } from '../format/amounts.ts';
import { jobLines } from '../format/job.ts';
import { type Column, tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { by, type Define, type Done, done } from '../program.ts';
import type { World } from '../world.ts';

interface ListOptions extends JsonOption {
  state?: JobState;
  search?: string;
  page: number;
  limit: number;
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

async function stats(world: World, api: Api, options: JsonOption): Done {
  const read = await readQueueStats(api);
  if (!read.ok) return read;
  const rows = jobState.options.map((state) => [state, String(read.value[state])]);
  print(world, options, read.value, tableOf([{ title: 'state' }, { title: 'jobs', align: 'right' }], rows));
  return done;
}

async function list(world: World, api: Api, options: ListOptions): Done {
  const { page, limit, state, search } = options;
  const read = await listJobs(api, {
    page,
    limit,
    ...(state === undefined ? {} : { state }),
    ...(search === undefined ? {} : { q: search }),
  });
  if (!read.ok) return read;
  const rows = read.value.items.map((job) => [
    job.id,
    job.verb,
    job.state,
    String(job.attempts),
    `${job.progress.percent} %`,
    job.customer_id,
    minuteOf(job.created_at),
    job.error === null ? job.progress.message : job.error.message,
  ]);
  const pages = Math.max(1, Math.ceil(read.value.total / limit));
  const foot = `page ${page} of ${pages}, ${read.value.total} in all`;
  print(world, options, read.value, [...tableOf(columns, rows), foot]);
  return done;
}

async function show(world: World, api: Api, id: string, options: JsonOption): Done {
  const read = await readJob(api, id);
  if (!read.ok) return read;
  print(world, options, read.value.job, jobLines(read.value.job));
  return done;
}

async function retry(world: World, api: Api, id: string, options: JsonOption): Done {
  const sent = await retryJob(api, id);
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} is waiting again`]);
  return done;
}

export const queueProgram: Define = ({ program, world, withApi }) => {
  const job = () => new Argument('<job>', 'job_ + 32 hex digits').argParser(by(jobId));
  program.description('The deployment queue');
  program
    .command('stats', { isDefault: true })
    .description('how many jobs are in each state')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => stats(world, api, options)));
  program
    .command('list')
    .description('jobs, newest first')
    .addOption(new Option('--state <state>').choices(jobState.options))
    .option('--search <text>', 'part of a job or customer id')
    .option('--page <n>', 'page, from 1', by(pageQuery.shape.page), 1)
    .option('--limit <n>', 'jobs a page, up to 100', by(pageQuery.shape.limit), 20)
    .option(...jsonOption)
    .action(withApi((api, options: ListOptions) => list(world, api, options)));
  program
    .command('show')
    .description('one job, with why it failed')
    .addArgument(job())
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => show(world, api, id, options)));
  program
    .command('retry')
    .description('send a failed job again')
    .addArgument(job())
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => retry(world, api, id, options)));
};
