/**
 * `usage --all`: a line a customer. One customer that cannot be read is a line that says so, and exit 1 at the end; an API
 * that is not there ends it at once.
 */
import type { CostAnswer } from '../../src/contracts/cost.ts';
import { readCost } from '../../src/contracts/routes/costs.ts';
import { readUsage } from '../../src/contracts/routes/usage-reads.ts';
import type { QuantityField } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { allCustomers, type Customer } from '../all-customers.ts';
import type { Api } from '../api.ts';
import { type Done, done } from '../command.ts';
import { type Failure, lineOf } from '../failure.ts';
import { counted, dollars, fieldQuantity } from '../format/amounts.ts';
import { tableOf } from '../format/table.ts';
import { fieldsOf, type Reported, titleOf } from '../format/usage.ts';
import { type JsonOption, print } from '../output.ts';
import { ownTitles, type Titles } from '../own-meters.ts';
import type { World } from '../world.ts';

/** Which windows of the history: the last days, or those that end in (from, to]. */
export type HistoryRange = { days: number } | { from: string; to: string };

interface Line {
  customer: Customer;
  totals: Reported;
  /** Cents of the period so far; null when it could not be read. */
  totalCents: number | null;
  /** Whether that is invoiced: not in a trial. */
  invoiceable: boolean;
  /** Whether the period runs no more, and what it cost is invoiced or was: the customer has ended. */
  isOver: boolean;
  problem: string | null;
}

/** Customers read at once: enough to hide the way there and back, few enough to leave the API to others. */
const atOnce = 4;
const progressEvery = 20;

/** A canceled customer's last period is billed by what was used in it, even while its days last. */
const isOver = ({ status, period }: CostAnswer, now: number): boolean =>
  status === 'canceled' || Date.parse(period.end) <= now;

async function lineFor(api: Api, customer: Customer, range: HistoryRange, now: number): Promise<Result<Line, Failure>> {
  const id = customer.customer_id;
  const [usage, cost] = await Promise.all([
    api.call(readUsage, { params: { customerId: id }, query: { ...range, limit: 1 } }),
    api.call(readCost, { params: { customerId: id } }),
  ]);
  const failure = [usage, cost].flatMap((r) => (r.ok ? [] : [r.error]))[0];
  if (failure?.kind === 'unreachable') return err(failure);
  return ok({
    customer,
    totals: usage.ok ? usage.value.totals : {},
    totalCents: cost.ok ? cost.value.total_cents : null,
    invoiceable: cost.ok && cost.value.invoiceable,
    isOver: cost.ok && isOver(cost.value, now),
    problem: failure === undefined ? null : lineOf(failure),
  });
}

async function linesFor(
  world: World,
  api: Api,
  customers: Customer[],
  range: HistoryRange,
): Promise<Result<Line[], Failure>> {
  const lines: Line[] = [];
  for (let i = 0; i < customers.length; i += atOnce) {
    const read = await Promise.all(
      customers.slice(i, i + atOnce).map((customer) => lineFor(api, customer, range, world.now())),
    );
    for (const line of read) {
      if (!line.ok) return line;
      lines.push(line.value);
      if (lines.length % progressEvery === 0) world.note(`${lines.length} of ${customers.length} customers`);
    }
  }
  return ok(lines);
}

const fieldsIn = (lines: readonly Line[]): QuantityField[] => fieldsOf(lines.map((line) => line.totals));

function allTable(lines: readonly Line[], own: Titles): string[] {
  const fields = fieldsIn(lines);
  const columns = [
    { title: 'customer' },
    { title: 'company' },
    { title: 'plan' },
    { title: 'status' },
    ...fields.map((field) => titleOf(field, own)),
    { title: 'cost so far', align: 'right' as const },
    ...(lines.some((line) => line.problem !== null) ? [{ title: 'problem' }] : []),
  ];
  const rows = lines.map(({ customer, totals, totalCents, problem }) => [
    customer.customer_id,
    customer.company_name,
    customer.plan,
    customer.status,
    ...fields.map((field) => fieldQuantity(field, totals[field])),
    totalCents === null ? '-' : dollars(totalCents),
    problem ?? '',
  ]);
  return tableOf(columns, rows);
}

const sumOf = (lines: readonly Line[]): number => lines.reduce((total, line) => total + (line.totalCents ?? 0), 0);

/** What the running periods come to, and apart from it the last periods of who has ended, and what is never invoiced. */
function footOf(lines: readonly Line[]): string {
  const read = lines.filter((line) => line.totalCents !== null);
  const apart = (title: string, some: readonly Line[]): string =>
    some.length === 0 ? '' : `; ${title}: ${dollars(sumOf(some))} of ${counted(some.length, 'customer')}`;
  const billed = read.filter((line) => line.invoiceable);
  const running = billed.filter((line) => !line.isOver);
  return [
    `${counted(lines.length, 'customer')}, ${dollars(sumOf(running))} so far in their periods`,
    apart(
      'ended',
      billed.filter((line) => line.isOver),
    ),
    apart(
      'not invoiced',
      read.filter((line) => !line.invoiceable),
    ),
  ].join('');
}

/** Totals over the range and the current period's cost of every customer. */
export async function usageOfAll(world: World, api: Api, range: HistoryRange, options: JsonOption): Done {
  const found = await allCustomers(world, api);
  if (!found.ok) return found;
  const read = await linesFor(world, api, found.value, range);
  if (!read.ok) return read;
  const lines = read.value;
  // They are the same for every customer.
  const own = await ownTitles(api, lines[0]?.customer.customer_id ?? '', fieldsIn(lines));
  const items = lines.map(({ customer, totals, totalCents, invoiceable, isOver: ended, problem }) => ({
    customer_id: customer.customer_id,
    company_name: customer.company_name,
    plan: customer.plan,
    status: customer.status,
    totals,
    total_cents: totalCents,
    invoiceable,
    ended,
    problem,
  }));
  print(world, options, { ...range, items, total: items.length }, [...allTable(lines, own), footOf(lines)]);
  const broken = lines.filter((line) => line.problem !== null).length;
  return broken === 0
    ? done
    : err({ kind: 'failed', message: `${broken} of ${counted(lines.length, 'customer')} could not be read` });
}
