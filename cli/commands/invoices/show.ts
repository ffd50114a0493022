/** `invoices show`: an invoice with every line and why it is what it is. */
import { readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { type Define, done } from '../../command.ts';
import { invoiceLines } from '../../format/invoice.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';

export const invoicesShowCommand: Define = ({ program, world, withApi }) => {
  program
    .command('show')
    .description('one invoice, line by line')
    .argument('<invoice>', 'inv_ + 32 hex digits')
    .option(...jsonOption)
    .action(
      withApi(async (api, invoiceId: string, options: JsonOption) => {
        const read = await api.call(readInvoice, { params: { invoiceId } });
        if (!read.ok) return read;
        print(world, options, read.value, invoiceLines(read.value.invoice));
        return done;
      }),
    );
};
