/** `queue retry`: sends a failed job again. */
import { jobId } from '../../../src/contracts/common.ts';
import { retryJob } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function retry(world: World, api: Api, id: string, options: JsonOption): Done {
  const sent = await api.call(retryJob, { params: { jobId: id }, body: {} });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} is waiting again`]);
  return done;
}

export const queueRetryCommand: Define = ({ program, world, withApi }) => {
  program
    .command('retry')
    .description('send a failed job again')
    .argument('<job>', 'job_ + 32 hex digits', by(jobId))
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => retry(world, api, id, options)));
};
