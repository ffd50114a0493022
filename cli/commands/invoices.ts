/** `invoices`: what customers are billed: listed, shown line by line, finalised before their deadline, lines that wait for approval. */
import { groupOf } from '../command.ts';
import { invoicesRejectCommand, invoicesReleaseCommand } from './invoices/decide.ts';
import { invoicesFinalizeCommand } from './invoices/finalize.ts';
import { invoicesHoldsCommand } from './invoices/holds.ts';
import { invoicesListCommand } from './invoices/list.ts';
import { invoicesShowCommand } from './invoices/show.ts';

export const invoicesProgram = groupOf('Invoices, and the lines that wait for approval', [
  invoicesListCommand,
  invoicesShowCommand,
  invoicesFinalizeCommand,
  invoicesHoldsCommand,
  invoicesReleaseCommand,
  invoicesRejectCommand,
]);
