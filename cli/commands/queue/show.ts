/** `queue show`: one job, until when its run may take, and why it failed. */
import { jobId } from '../../../src/contracts/common.ts';
import { readJob } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { jobLines } from '../../format/job.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function show(world: World, api: Api, id: string, options: JsonOption): Done {
  const read = await api.call(readJob, { params: { jobId: id } });
  if (!read.ok) return read;
  print(world, options, read.value.job, jobLines(read.value.job));
  return done;
}

export const queueShowCommand: Define = ({ program, world, withApi }) => {
  program
    .command('show')
    .description('one job, with why it failed')
    .argument('<job>', 'job_ + 32 hex digits', by(jobId))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => show(world, api, id, options)));
};
