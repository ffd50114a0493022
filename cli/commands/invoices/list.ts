/** `invoices list`: invoices by page, newest first. */
import { Option } from 'commander';
import { type InvoiceHead, invoiceState, invoicesQuery } from '../../../src/contracts/invoices.ts';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { dateOf, dollars, minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {
  state?: InvoiceHead['state'];
  search?: string;
}

const columns: readonly Column[] = [
  { title: 'invoice' },
  { title: 'customer' },
  { title: 'number' },
  { title: 'kind' },
  { title: 'usage of' },
  { title: 'state' },
  { title: 'total', align: 'right' },
  { title: 'made' },
  { title: '' },
];

/** What a person should know of it. */
const noteOf = ({ hold, late, shadow }: InvoiceHead): string =>
  [
    hold === null ? null : `waits (${hold.reason}) until ${minuteOf(hold.until)}`,
    late ? 'went without all usage' : null,
    shadow ? 'usage not sent' : null,
  ]
    .filter((note) => note !== null)
    .join('; ');

const rowOf = (invoice: InvoiceHead): string[] => [
  invoice.invoice_id,
  invoice.customer_id,
  invoice.number ?? '-',
  invoice.kind,
  invoice.period === null ? '-' : `${dateOf(invoice.period.start)} to ${dateOf(invoice.period.end)}`,
  invoice.state,
  dollars(invoice.total_cents),
  minuteOf(invoice.created_at),
  noteOf(invoice),
];

async function list(world: World, api: Api, customerId: string | undefined, options: Options): Done {
  const { page, limit, state, search } = options;
  const read = await api.call(listInvoices, {
    query: {
      page,
      limit,
      ...(state === undefined ? {} : { state }),
      ...(search === undefined ? {} : { q: search }),
      ...(customerId === undefined ? {} : { customer_id: customerId }),
    },
  });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'invoices', table));
  return done;
}

export const invoicesListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list', { isDefault: true })), 'invoices')
    .description('invoices of one customer or of all, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(invoiceState.options))
    .option('--search <text>', 'part of a number or an id', by(invoicesQuery.shape.q))
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
