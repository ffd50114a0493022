/** The journey's outcome as rows for people: per line what was used, what was billed, and how far apart they are. */
import type { JourneyResult } from './metering.ts';

const significant = (value: number): string => value.toPrecision(7);

/** Rows for printTable; the first has the headings, the last the total. */
export function comparison({ lines, cost, windows }: JourneyResult): string[][] {
  const rest = cost.lines.filter(({ meter }) => !lines.some((line) => line.meter === meter) && meter !== 'base_fee');
  const baseFee = cost.lines.find(({ meter }) => meter === 'base_fee');
  return [
    ['line', 'unit', 'used (truth)', 'billed', 'off', 'cents'],
    ...lines.map(({ meter, unit, truth, billed, offPercent, cents }) => [
      meter,
      unit,
      significant(truth),
      significant(billed),
      `${offPercent.toFixed(3)} %`,
      `${cents}`,
    ]),
    ...[...(baseFee ? [baseFee] : []), ...rest].map((l) => [l.meter, l.unit, '', l.quantity, '', `${l.amount_cents}`]),
    [`total of ${windows.length} windows`, '', '', '', '', `${cost.total_cents}`],
  ];
}
