/** `invoices finalize`: what is known of a draft is billed now, not at its deadline; after a look at what it comes to, and a question. */
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { finalizeInvoice } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { counted, dollars } from '../../format/amounts.ts';
import { invoiceLines } from '../../format/invoice.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

/** What comes, in a sentence. */
function deedOf({ invoice_id: id, amount_due_cents: due, lines }: InvoiceView): string {
  const held = lines.filter(({ state }) => state === 'held').length;
  const without =
    held === 0 ? '' : ` without ${counted(held, 'line')} that ${held === 1 ? 'waits' : 'wait'} for approval`;
  return `${id} is billed with the usage that is known now${without}: ${dollars(due)} to pay. It cannot be changed then.`;
}

async function finalize(world: World, api: Api, invoiceId: string, options: JsonOption & YesOption): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const call = { params: { invoiceId }, body: {} };
  const seen = await api.call(finalizeInvoice, { ...call, preview: true });
  if (!seen.ok) return seen;
  for (const line of invoiceLines(seen.value.invoice)) world.note(line);
  const may = await confirm(world, options, deedOf(seen.value.invoice));
  if (!may.ok) return may;
  const closed = await api.call(finalizeInvoice, call);
  if (!closed.ok) return closed;
  print(world, options, closed.value, invoiceLines(closed.value.invoice));
  return done;
}

export const invoicesFinalizeCommand: Define = ({ program, world, withApi }) => {
  program
    .command('finalize')
    .description('bill what is known of a draft now; shows what it comes to and asks first')
    .argument('<invoice>', 'inv_ + 32 hex digits')
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, id: string, options: JsonOption & YesOption) => finalize(world, api, id, options)));
};
