/** `queue pause`, `queue resume` and `queue pauses`: where no job begins. */
import type { z } from 'zod';
import { pauseBody, type pausesAnswer } from '../../../src/contracts/queue.ts';
import { listPauses } from '../../../src/contracts/routes/queue.ts';
import { pauseQueue, resumeQueue } from '../../../src/contracts/routes/queue-orders.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { secondOf } from '../../format/amounts.ts';
import { tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  cluster?: string;
  reason: string;
}

const columns = [{ title: 'paused' }, { title: 'since' }, { title: 'by' }, { title: 'why' }];

function linesOf({ paused }: z.infer<typeof pausesAnswer>): string[] {
  if (paused.length === 0) return ['nothing is paused'];
  const rows = paused.map((pause) => [
    pause.cluster_id ?? 'all clusters',
    secondOf(pause.paused_at),
    pause.paused_by,
    pause.reason,
  ]);
  return tableOf(columns, rows);
}

async function order(world: World, api: Api, route: typeof pauseQueue | typeof resumeQueue, options: Options): Done {
  const { cluster, reason } = options;
  const body = { reason, ...(cluster === undefined ? {} : { cluster_id: cluster }) };
  const paused = await api.call(route, { body });
  if (!paused.ok) return paused;
  print(world, options, paused.value, linesOf(paused.value));
  return done;
}

const ordering =
  (name: string, description: string, route: typeof pauseQueue | typeof resumeQueue): Define =>
  ({ program, world, withApi }) => {
    program
      .command(name)
      .description(description)
      .option('--cluster <id>', 'of this cluster only', by(pauseBody.shape.cluster_id))
      .requiredOption('--reason <text>', 'kept in the audit log', by(pauseBody.shape.reason))
      .option(...jsonOption)
      .action(withApi((api, options: Options) => order(world, api, route, options)));
  };

export const queuePauseCommand = ordering('pause', 'begin no more jobs; what runs goes on', pauseQueue);
export const queueResumeCommand = ordering('resume', 'begin jobs again', resumeQueue);

async function list(world: World, api: Api, options: JsonOption): Done {
  const read = await api.call(listPauses, {});
  if (!read.ok) return read;
  print(world, options, read.value, linesOf(read.value));
  return done;
}

export const queuePausesCommand: Define = ({ program, world, withApi }) => {
  program
    .command('pauses')
    .description('where no jobs begin, and why')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => list(world, api, options)));
};
