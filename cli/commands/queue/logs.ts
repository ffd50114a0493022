/** `queue logs`: what the runs of a job said; `--follow` goes on until the job has ended. */
import type { z } from 'zod';
import { jobId } from '../../../src/contracts/common.ts';
import type { JobState } from '../../../src/contracts/jobs.ts';
import type { logsAnswer } from '../../../src/contracts/queue.ts';
import { readJob, readJobLogs } from '../../../src/contracts/routes/queue.ts';
import { ok, type Result } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import type { Failure } from '../../failure.ts';
import { secondOf } from '../../format/amounts.ts';
import { type JsonOption, jsonOption } from '../../output.ts';
import { jsonText, oneLine } from '../../text.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  follow?: boolean;
}

type Line = z.infer<typeof logsAnswer>['items'][number];

const pollMs = 2_000;
const levelWidth = 5;

const lineOf = ({ at, level, line }: Line): string => oneLine(`${secondOf(at)}  ${level.padEnd(levelWidth)}  ${line}`);

const ends = new Set<JobState>(['completed', 'failed']);

/** Whether more lines may come. Asked before the lines are read, so that those it ended with are read then. */
async function goesOn(api: Api, id: string, { follow }: Options): Promise<Result<boolean, Failure>> {
  if (!follow) return ok(false);
  const read = await api.call(readJob, { params: { jobId: id } });
  return read.ok ? ok(!ends.has(read.value.job.state)) : read;
}

/** An object a line with `--json`, so that what is followed can be read as it comes. */
async function logs(world: World, api: Api, id: string, options: Options): Done {
  for (let after = 0; ; ) {
    const more = await goesOn(api, id, options);
    if (!more.ok) return more;
    const read = await api.call(readJobLogs, { params: { jobId: id }, query: { after } });
    if (!read.ok) return read;
    const { items, next } = read.value;
    for (const line of items) world.out(options.json ? jsonText(line) : lineOf(line));
    if (items.length === 0 && !more.value) return done;
    if (items.length === 0) await world.sleep(pollMs);
    after = next;
  }
}

export const queueLogsCommand: Define = ({ program, world, withApi }) => {
  program
    .command('logs')
    .description('what the runs of a job said')
    .argument('<job>', 'job_ + 32 hex digits', by(jobId))
    .option('--follow', 'go on until the job has ended')
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => logs(world, api, id, options)));
};
