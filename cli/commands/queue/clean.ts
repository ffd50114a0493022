/** `queue clean`: takes finished jobs out of the lists, oldest first. */
import { Option } from 'commander';
import { cleanBody } from '../../../src/contracts/queue.ts';
import { cleanQueue } from '../../../src/contracts/routes/queue-orders.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { counted } from '../../format/amounts.ts';
import { wholeNumber } from '../../numbers.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  state: 'completed' | 'failed';
  olderThan: number;
  limit: number;
  reason?: string;
}

async function clean(world: World, api: Api, options: Options): Done {
  const { state, olderThan, limit, reason } = options;
  const body = { state, older_than_seconds: olderThan, limit, ...(reason === undefined ? {} : { reason }) };
  const cleaned = await api.call(cleanQueue, { body });
  if (!cleaned.ok) return cleaned;
  print(world, options, cleaned.value, [`${counted(cleaned.value.cleaned, 'job')} left the lists`]);
  return done;
}

export const queueCleanCommand: Define = ({ program, world, withApi }) => {
  program
    .command('clean')
    .description('take finished jobs out of the lists, oldest first')
    .addOption(new Option('--state <state>', 'which').choices(['completed', 'failed']).makeOptionMandatory())
    .option('--older-than <seconds>', 'that ended so long ago', wholeNumber(cleanBody.shape.older_than_seconds), 86_400)
    .option('--limit <n>', 'at most so many, up to 1000', wholeNumber(cleanBody.shape.limit), 1000)
    .option('--reason <text>', 'kept in the audit log', by(cleanBody.shape.reason))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => clean(world, api, options)));
};
