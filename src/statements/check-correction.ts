/** Whether a correction of an earlier period says what its windows give: the difference to what was billed, and how it comes about. Pure. */
import type { CostLine } from '../contracts/cost.ts';
import type { StatementLine } from '../contracts/statements.ts';
import { asCorrection, correctedWords } from '../invoices/lines.ts';
import { differences, dollars } from './line-fields.ts';

interface Correction {
  /** The line by the windows; undefined where they give it no more. */
  again: CostLine | undefined;
  /** Cents, on invoices before. */
  billed: number;
  /** All corrections of the same line of the period, this one too. */
  all: readonly StatementLine[];
}

const sumOf = (lines: readonly StatementLine[]): number =>
  lines.reduce((sum, { amount_cents: cents }) => sum + cents, 0);

/** What is wrong about a correction. */
export function correctionFaults(line: StatementLine, { again, billed, all }: Correction): string[] {
  const [due, corrected] = [(again?.amount_cents ?? 0) - billed, sumOf(all)];
  if (due !== corrected) return [`corrects by ${dollars(corrected)}, and by the windows it is ${dollars(due)}`];
  if (again === undefined) return faultsOfGone(line, billed, all);
  // What one of them has billed was billed before for the others, which came with it.
  const newest = (one: StatementLine): CostLine => asCorrection(again, again.amount_cents - one.amount_cents);
  const isNewest = (one: StatementLine): boolean => differences(one, newest(one)).length === 0;
  // Those that waited say what was so when they were held, and the newest what has changed since.
  if (all.some(isNewest))
    return isNewest(line) ? [] : differences(line, { ...line, meter: again.meter, from: again.from });
  // What nobody had billed before it was held is told as it was then.
  if (all.length === 1 && differences(line, again).length === 0) return [];
  return differences(line, newest(line));
}

/** Of a line that the windows give no more, they say nothing but that. */
function faultsOfGone(line: StatementLine, billed: number, all: readonly StatementLine[]): string[] {
  const words = correctedWords(undefined, billed);
  if (all.length > 1 || line.reason.startsWith(words)) return [];
  return [`reason is ${JSON.stringify(line.reason)}, and by the windows it begins with ${JSON.stringify(words)}`];
}
