/** `queue`: how the deployment queue stands, its jobs, and a failed one sent again. */
import { groupOf } from '../command.ts';
import { queueListCommand } from './queue/list.ts';
import { queueRetryCommand } from './queue/retry.ts';
import { queueShowCommand } from './queue/show.ts';
import { queueStatsCommand } from './queue/stats.ts';

export const queueProgram = groupOf('The deployment queue', [
  queueStatsCommand,
  queueListCommand,
  queueShowCommand,
  queueRetryCommand,
]);
