/** `invoices finalize`: what is known of a draft is billed now, not at its deadline. */
import { finalizeInvoice } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { invoiceLines } from '../../format/invoice.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

async function finalize(world: World, api: Api, invoiceId: string, options: JsonOption & YesOption): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const may = await confirm(
    world,
    options,
    `${invoiceId} is billed with the usage that is known now, and cannot be changed then.`,
  );
  if (!may.ok) return may;
  const closed = await api.call(finalizeInvoice, { params: { invoiceId }, body: {} });
  if (!closed.ok) return closed;
  print(world, options, closed.value, invoiceLines(closed.value.invoice));
  return done;
}

export const invoicesFinalizeCommand: Define = ({ program, world, withApi }) => {
  program
    .command('finalize')
    .description('bill what is known of a draft now; asks first')
    .argument('<invoice>', 'inv_ + 32 hex digits')
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption & YesOption) => finalize(world, api, id, options)));
};
