/** `customer redeploy`: orders a job that brings a stack to its desired state once more, for one customer or for all of them. */
import type { z } from 'zod';
import { redeployBody } from '../../../src/contracts/deployments.ts';
import { redeploy } from '../../../src/contracts/routes/deployments.ts';
import { allCustomers, doToEach, printDeeds, rateDefault, rateOption } from '../../all-customers.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomerOrAll, takesCustomer } from '../../find-customer.ts';
import { counted } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  all?: boolean;
  reason: string;
  acceptDataLoss?: boolean;
  rate?: number;
}

const bodyOf = ({ reason, acceptDataLoss }: Options): z.input<typeof redeployBody> => ({
  reason,
  ...(acceptDataLoss ? { accept_data_loss: true } : {}),
});

const lossSaid = 'A database whose volume is gone is made anew, empty.';

async function one(world: World, api: Api, id: string, options: Options): Done {
  if (options.acceptDataLoss) {
    const may = await confirm(world, options, `The stack of ${id} is deployed again. ${lossSaid}`);
    if (!may.ok) return may;
  }
  const sent = await api.call(redeploy, { params: { customerId: id }, body: bodyOf(options) });
  if (!sent.ok) return sent;
  const { job_id: jobId } = sent.value;
  print(world, options, { customer_id: id, job_id: jobId }, [
    `${jobId} deploys ${id} again; follow it with: tenantry queue show ${jobId}`,
  ]);
  return done;
}

async function every(world: World, api: Api, options: Options): Done {
  const listed = await allCustomers(world, api);
  if (!listed.ok) return listed;
  const living = listed.value.filter((one) => !['deleting', 'deleted'].includes(one.deployment_status));
  const loss = options.acceptDataLoss ? ` ${lossSaid}` : '';
  const may = await confirm(
    world,
    options,
    `The stacks of ${counted(living.length, 'customer')} are deployed again.${loss}`,
  );
  if (!may.ok) return may;
  const body = bodyOf(options);
  const sent = await doToEach(world, living, options.rate ?? rateDefault, (customer) =>
    api.call(redeploy, { params: { customerId: customer.customer_id }, body }),
  );
  if (!sent.ok) return sent;
  return printDeeds(world, options, sent.value, {
    fields: (value) => ({ job_id: value?.job_id ?? null }),
    summary: (accepted) => `deployed again: ${accepted}; see: tenantry queue`,
  });
}

export const redeployCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('redeploy'))
    .description('deploy what is wanted once more')
    .option('--all', 'every customer, one after the other')
    .requiredOption('--reason <text>', 'kept in the audit log', by(redeployBody.shape.reason))
    .option('--accept-data-loss', 'also where the database’s volume is gone; the new one is empty')
    .option('--rate <n>', `with --all: customers a second (default: ${rateDefault})`, by(rateOption))
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(
        onCustomerOrAll(
          (api, id, options: Options) => one(world, api, id, options),
          (api, options) => every(world, api, options),
          // Every customer or a customer's data is at stake.
          (options) => (options.all || options.acceptDataLoss ? canConfirm(world, options) : done),
        ),
      ),
    );
};
