/** The cost of a period as a table whose lines say why. Pure. */
import type { CostAnswer, ForecastAnswer } from '../../src/contracts/cost.ts';
import { oneLine } from '../text.ts';
import { counted, dollars, minuteOf, price, quantity } from './amounts.ts';
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
export const costTable = (cost: CostAnswer): string[] => tableUnder(costHeading(cost, 'Cost'), cost);

/** The same of the period as it will have been, with the range and what it was foretold from. */
export const forecastTable = (forecast: ForecastAnswer): string[] => [
  ...tableUnder(costHeading(forecast, 'Forecast'), forecast),
  `${dollars(forecast.low_cents)} to ${dollars(forecast.high_cents)} ${methodWords(forecast)}`,
];

function methodWords({ method, history_days: days }: ForecastAnswer): string {
  switch (method) {
    case 'weekday':
      return `if the days go on as the last ${counted(days, 'day')} did, by weekday`;
    case 'daily':
      return `if the days go on as the last ${counted(days, 'day')} did`;
    case 'so_far':
      return 'by the hours so far, which are less than a day';
    case 'none':
      return 'as it is now: there is nothing to foretell more from';
  }
}

function tableUnder(heading: string, cost: CostAnswer): string[] {
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
  const note = cost.note === null ? [] : [oneLine(`Note: ${cost.note}`)];
  return [heading, ...tableOf(columns, [...rows, total]), ...note];
}

function costHeading(cost: CostAnswer, what: string): string {
  const marks = [
    `plan ${cost.plan}`,
    cost.status,
    ...(cost.invoiceable ? [] : ['never invoiced']),
    ...(cost.complete ? [] : ['not complete yet']),
  ];
  return `${what} of ${minuteOf(cost.period.start)} to ${minuteOf(cost.period.end)} UTC: ${marks.join(', ')}`;
}
