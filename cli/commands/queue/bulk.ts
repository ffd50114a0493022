/** `queue bulk`: retries, removes or promotes many jobs; `queue batch`: how far such an order is, or one of dead letters. */
import { Argument, Option } from 'commander';
import type { z } from 'zod';
import { jobId } from '../../../src/contracts/common.ts';
import { type JobState, jobState } from '../../../src/contracts/jobs.ts';
import { type BulkAction, bulkAction, bulkBody } from '../../../src/contracts/queue.ts';
import { listJobs } from '../../../src/contracts/routes/queue.ts';
import { beginBulk, readBatch } from '../../../src/contracts/routes/queue-orders.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { batchLines, howToRead } from '../../batch.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { counted } from '../../format/amounts.ts';
import { wholeNumber } from '../../numbers.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  state?: JobState;
  search?: string;
  error?: string;
  rate: number;
  reason?: string;
}

const words: Record<BulkAction, string> = { retry: 'sent again', remove: 'removed', promote: 'made due now' };
const stateFor = { retry: 'failed', promote: 'delayed' } as const;

const present = <T extends Record<string, unknown>>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

async function bulk(world: World, api: Api, action: BulkAction, ids: string[], options: Options): Done {
  const { search, error, rate, reason } = options;
  const filters = present({ state: options.state, q: search, error });
  const named = ids.length > 0;
  if (named === Object.keys(filters).length > 0) {
    return err({ kind: 'usage', message: 'give either jobs or a filter: --state, --search, --error' });
  }
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const filter = action === 'remove' ? filters : { state: stateFor[action], ...filters };
  const found = named ? null : await api.call(listJobs, { query: { ...filter, limit: 1 } });
  if (found !== null && !found.ok) return found;
  const count = found === null ? ids.length : found.value.total;
  const may = await confirm(world, options, `${counted(count, 'job')} are ${words[action]}.`);
  if (!may.ok) return may;
  const body: z.input<typeof bulkBody> = { action, rate, ...present({ reason }), ...(named ? { ids } : { filter }) };
  const begun = await api.call(beginBulk, { body });
  if (!begun.ok) return begun;
  const { batch_id: id, matched } = begun.value;
  print(world, options, begun.value, [`${counted(matched, 'job')}, ${rate} a second`, howToRead(id)]);
  return done;
}

export const queueBulkCommand: Define = ({ program, world, withApi }) => {
  program
    .command('bulk')
    .description('retry, remove or promote many jobs, some a second; asks first')
    .addArgument(new Argument('<action>', 'what').choices(bulkAction.options))
    .argument(
      '[jobs...]',
      'job_ + 32 hex digits each; without them a filter says which',
      (text: string, before: string[] = []) => [...before, by(jobId)(text)],
    )
    .addOption(new Option('--state <state>', 'jobs in this state').choices(jobState.options))
    .option('--search <text>', 'part of an id, a company or an error code')
    .option('--error <text>', 'an error code, or a cause of `queue groups`')
    .option('--rate <n>', 'so many a second, up to 50', wholeNumber(bulkBody.shape.rate), 5)
    .option('--reason <text>', 'kept in the audit log', by(bulkBody.shape.reason))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi((api, action: BulkAction, ids: string[] | undefined, options: Options) =>
        bulk(world, api, action, ids ?? [], options),
      ),
    );
};

async function batch(world: World, api: Api, id: string, options: JsonOption): Done {
  const read = await api.call(readBatch, { params: { batchId: id } });
  if (!read.ok) return read;
  print(world, options, read.value, batchLines(read.value));
  return done;
}

export const queueBatchCommand: Define = ({ program, world, withApi }) => {
  program
    .command('batch')
    .description('how far an order for many jobs or dead letters is')
    .argument('<batch>', 'bat_ + 32 hex digits')
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption) => batch(world, api, id, options)));
};
