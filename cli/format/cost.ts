/** The cost of a period as a table whose lines say why. Pure. */
import type { CostAnswer } from '../../src/contracts/cost.ts';
import { dollars, minuteOf, price, quantity } from './amounts.ts';
import { type Column, tableOf } from './table.ts';

const columns: readonly Column[] = [
  { title: 'line' },
  { title: 'quantity', align: 'right' },
  { title: 'unit' },
  { title: 'included', align: 'right' },
  { title: 'billable', align: 'right' },
  { title: 'unit price', align: 'right' },
  { title: 'amount', align: 'right' },
  { title: 'why' },
];

/** `Cost of 2026-11-21 10:00 to 2026-12-05 10:00 UTC: plan small, trialing, …`, the lines, the total. */
export function costTable(cost: CostAnswer): string[] {
  const rows = cost.lines.map((line) => [
    line.tier === null ? line.description : `${line.description} (${line.tier})`,
    quantity(line.quantity),
    line.unit,
    quantity(line.included),
    quantity(line.billable),
    price(line.unit_price),
    dollars(line.amount_cents),
    line.reason,
  ]);
  const tax = cost.tax_included ? '' : 'tax is not included';
  const total = ['Total', '', '', '', '', '', dollars(cost.total_cents), tax];
  return [costHeading(cost), ...tableOf(columns, [...rows, total])];
}

function costHeading(cost: CostAnswer): string {
  const marks = [
    `plan ${cost.plan}`,
    cost.status,
    ...(cost.invoiceable ? [] : ['never invoiced']),
    ...(cost.complete ? [] : ['not complete yet']),
  ];
  return `Cost of ${minuteOf(cost.period.start)} to ${minuteOf(cost.period.end)} UTC: ${marks.join(', ')}`;
}
