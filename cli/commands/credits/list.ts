/** `credits list`: every entry of a customer's credit, and the balance. */
import type { CreditEntryView } from '../../../src/contracts/credits.ts';
import { listCredits } from '../../../src/contracts/routes/credits.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { dollars, minuteOf, minuteOrDash } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, PageOptions {}

const columns: readonly Column[] = [
  { title: 'when' },
  { title: 'what' },
  { title: 'amount', align: 'right' },
  { title: 'balance', align: 'right' },
  { title: 'expires' },
  { title: 'credit' },
  { title: 'invoice' },
  { title: 'reason' },
];

const rowOf = (entry: CreditEntryView): string[] => [
  minuteOf(entry.created_at),
  entry.kind,
  dollars(entry.amount_cents),
  dollars(entry.balance_cents),
  minuteOrDash(entry.expires_at),
  entry.credit_id,
  entry.invoice_id ?? '-',
  entry.reason,
];

async function list(world: World, api: Api, id: string, options: Options): Done {
  const { page, limit } = options;
  const read = await api.call(listCredits, { params: { customerId: id }, query: { page, limit } });
  if (!read.ok) return read;
  const { items, total, balance_cents: balance } = read.value;
  const lines = pageLines(options, total, 'entries', tableOf(columns, items.map(rowOf)));
  print(world, options, read.value, [...lines, `balance ${dollars(balance)}`]);
  return done;
}

export const creditsListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list')), 'entries')
    .description('what was given, what invoices took of it, and what is left')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => list(world, api, id, options))));
};
