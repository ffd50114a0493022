/** `invoices holds`: lines that wait for approval, oldest first. */
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { listHolds } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { dollars, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

const columns: readonly Column[] = [
  { title: 'hold' },
  { title: 'customer' },
  { title: 'invoice' },
  { title: 'what' },
  { title: 'amount', align: 'right' },
  { title: 'until' },
];

const rowOf = (held: HeldLineView): string[] => [
  held.hold_id,
  held.customer_id,
  held.invoice_id,
  held.line.description,
  dollars(held.line.amount_cents),
  minuteOrDash(held.until),
];

async function list(world: World, api: Api, options: JsonOption & PageOptions): Done {
  const read = await api.call(listHolds, { query: { page: options.page, limit: options.limit } });
  if (!read.ok) return read;
  const table = tableOf(columns, read.value.items.map(rowOf));
  print(world, options, read.value, pageLines(options, read.value.total, 'lines', table));
  return done;
}

export const invoicesHoldsCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('holds'), 'lines')
    .description('lines that wait for approval, oldest first')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption & PageOptions) => list(world, api, options)));
};
