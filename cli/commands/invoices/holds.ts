/** `invoices holds`: lines that wait for approval, oldest first, with why and since when. */
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { listHolds } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { dollars, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {
  invoice?: string;
}

const columns: readonly Column[] = [
  { title: 'hold' },
  { title: 'customer' },
  { title: 'invoice' },
  { title: 'what' },
  { title: 'amount', align: 'right' },
  { title: 'held' },
  { title: 'until' },
  { title: 'why' },
];

const whyOf = ({ why }: HeldLineView): string => {
  if (why === null) return '-';
  const { limit_cents: limit, usual } = why;
  return [
    ...(limit === null ? [] : [`above ${dollars(limit)}`]),
    ...(usual === null ? [] : [`${usual.times} times the usual ${dollars(usual.cents)}, above ${usual.factor}`]),
  ].join('; ');
};

const rowOf = (held: HeldLineView): string[] => [
  held.hold_id,
  held.customer_id,
  held.invoice_id,
  held.line.description,
  dollars(held.line.amount_cents),
  minuteOrDash(held.held_at),
  minuteOrDash(held.until),
  whyOf(held),
];

async function list(world: World, api: Api, customerId: string | undefined, options: Options): Done {
  const { page, limit, invoice } = options;
  const read = await api.call(listHolds, {
    query: {
      page,
      limit,
      ...(invoice === undefined ? {} : { invoice_id: invoice }),
      ...(customerId === undefined ? {} : { customer_id: customerId }),
    },
  });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'lines', table));
  return done;
}

export const invoicesHoldsCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('holds')), 'lines')
    .description('lines that wait for approval, oldest first, of one customer or of all')
    .option('--invoice <invoice>', 'only those of this one')
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
