/** A period's cost lines as what is used of each allowance. Pure. */
import type { CostLine } from '../../../src/contracts/cost.ts';

export interface AllowanceUse {
  /** The meter, or the name of what several share. */
  key: string;
  /** The words of one of its meters. */
  description: string;
  unit: string;
  used: number;
  /** What is included; null where everything is. */
  size: number | null;
  billable: number;
  /** The highest hour counts, not the sum. */
  isPeak: boolean;
}

type Drawing = CostLine & { allowance: NonNullable<CostLine['allowance']> };

const draws = (line: CostLine): line is Drawing => line.allowance !== null;

const numberOf = (decimal: string | null): number | null => (decimal === null ? null : Number(decimal));

const sum = (lines: readonly CostLine[], of: 'quantity' | 'billable'): number =>
  lines.reduce((total, line) => total + Number(line[of]), 0);

/** In the order of the lines. */
export function allowancesOf(lines: readonly CostLine[]): AllowanceUse[] {
  const groups = Map.groupBy(lines.filter(draws), ({ allowance }) => allowance.name);
  return [...groups].flatMap(([key, group]) => {
    // What is held has an allowance for each stretch of the period, and the last one counts now; lines of a pool all say the same.
    const last = group.toSorted((a, b) => a.to.localeCompare(b.to)).at(-1);
    if (last === undefined) return [];
    const size = numberOf(last.allowance.size);
    const peak = numberOf(last.allowance.peak);
    return {
      key,
      description: last.description,
      unit: last.unit,
      used: peak ?? sum(group, 'quantity'),
      size,
      billable: peak === null ? sum(group, 'billable') : Math.max(peak - (size ?? peak), 0),
      isPeak: peak !== null,
    };
  });
}
