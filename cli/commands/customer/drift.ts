/** `customer drift`: what differs between the cluster and what is wanted, looked for now and, if told so, put right. */

import { checkDrift, readDeployment } from '../../../src/contracts/routes/deployments.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  look?: boolean;
  correct?: boolean;
}

const columns: readonly Column[] = [{ title: 'object' }, { title: 'kind' }, { title: 'difference' }];

/** What the last look found. */
async function shown(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(readDeployment, { params: { customerId: id } });
  if (!read.ok) return read;
  const { drift, wanted, observed } = read.value;
  const rows = drift.map((one) => [one.object, one.kind, one.difference]);
  print(world, options, { customer_id: id, wanted, observed, drift }, [
    ...(rows.length === 0 ? ['no drift was found at the last look'] : tableOf(columns, rows)),
    `look again with: tenantry customer drift ${id} --look; put right with: --correct`,
  ]);
  return done;
}

async function ordered(world: World, api: Api, id: string, options: Options): Done {
  const correct = options.correct === true;
  const sent = await api.call(checkDrift, { params: { customerId: id }, body: { correct } });
  if (!sent.ok) return sent;
  const { job_id: jobId } = sent.value;
  print(world, options, { customer_id: id, job_id: jobId, correct }, [
    `${jobId} looks for drift${correct ? ' and puts it right' : ''}; follow it with: tenantry queue show ${jobId}`,
  ]);
  return done;
}

export const driftCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('drift'))
    .description('what differs between the cluster and what is wanted')
    .option('--look', 'look now: a job compares them')
    .option('--correct', 'look now and put right what differs; hand edits are overwritten')
    .option(...jsonOption)
    .action(
      withApi(
        onCustomer((api, id, options: Options) =>
          options.look || options.correct ? ordered(world, api, id, options) : shown(world, api, id, options),
        ),
      ),
    );
};
