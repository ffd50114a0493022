/** `queue promote` and `queue remove`: what a person orders of one job. */
import { jobId } from '../../../src/contracts/common.ts';
import { maybeReason } from '../../../src/contracts/queue.ts';
import { promoteJob, readJob, removeJob } from '../../../src/contracts/routes/queue.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  reason?: string;
}

const reasonOption = ['--reason <text>', 'kept in the audit log', by(maybeReason.shape.reason)] as const;
const given = ({ reason }: Options) => (reason === undefined ? {} : { reason });

async function promote(world: World, api: Api, id: string, options: Options): Done {
  const sent = await api.call(promoteJob, { params: { jobId: id }, body: given(options) });
  if (!sent.ok) return sent;
  print(world, options, sent.value, [`${id} is due now`]);
  return done;
}

export const queuePromoteCommand: Define = ({ program, world, withApi }) => {
  program
    .command('promote')
    .description('make a delayed job due now')
    .argument('<job>', 'job_ + 32 hex digits', by(jobId))
    .option(...reasonOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options) => promote(world, api, id, options)));
};

async function remove(world: World, api: Api, id: string, options: Options & YesOption): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const read = await api.call(readJob, { params: { jobId: id } });
  if (!read.ok) return read;
  const { company_name: company, verb, state } = read.value.job;
  const ended = state === 'completed' || state === 'failed';
  const what = `The job ${id} (${verb} of ${company}, ${state})`;
  const may = await confirm(
    world,
    options,
    ended ? `${what} leaves the lists.` : `${what} ends as failed; what is wanted of the deployment stays wanted.`,
  );
  if (!may.ok) return may;
  const gone = await api.call(removeJob, { params: { jobId: id }, query: given(options) });
  if (!gone.ok) return gone;
  print(world, options, { removed: id }, [
    ended ? `${id} is out of the lists` : `${id} has ended as failed (job_removed)`,
    ...(ended
      ? []
      : ['The deployment is looked at again by itself in an hour, or at once with: tenantry customer redeploy']),
  ]);
  return done;
}

export const queueRemoveCommand: Define = ({ program, world, withApi }) => {
  program
    .command('remove')
    .description('end a job that waits, or take a finished one out of the lists; asks first')
    .argument('<job>', 'job_ + 32 hex digits', by(jobId))
    .option(...reasonOption)
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: Options & YesOption) => remove(world, api, id, options)));
};
