/** `queue`: how the deployment queue stands, its jobs and what they said, and orders of one, of many or of all. */
import { groupOf } from '../command.ts';
import { queueBatchCommand, queueBulkCommand } from './queue/bulk.ts';
import { queueCleanCommand } from './queue/clean.ts';
import { queueGroupsCommand, queueHistoryCommand } from './queue/history.ts';
import { queueListCommand } from './queue/list.ts';
import { queueLogsCommand } from './queue/logs.ts';
import { queuePromoteCommand, queueRemoveCommand } from './queue/order.ts';
import { queuePauseCommand, queuePausesCommand, queueResumeCommand } from './queue/pause.ts';
import { queueRetryCommand } from './queue/retry.ts';
import { queueShowCommand } from './queue/show.ts';
import { queueStatsCommand } from './queue/stats.ts';

export const queueProgram = groupOf('The deployment queue', [
  queueStatsCommand,
  queueListCommand,
  queueShowCommand,
  queueLogsCommand,
  queueGroupsCommand,
  queueHistoryCommand,
  queueRetryCommand,
  queuePromoteCommand,
  queueRemoveCommand,
  queueBulkCommand,
  queueBatchCommand,
  queueCleanCommand,
  queuePauseCommand,
  queueResumeCommand,
  queuePausesCommand,
]);
