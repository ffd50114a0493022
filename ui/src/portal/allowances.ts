/**
 * A period's cost lines as what is used of each allowance. How large an allowance is (prorated, or agreed with this
 * customer) the API says in a line's sentence only (src/pricing/wire.ts), so it is read out of that one;
 * test/src/pricing/allowances-shown.test.ts fails where the two part. Pure.
 */
import type { CostLine } from '../../../src/contracts/cost.ts';

/** Allowances that several meters draw on. */
export type SharedName = 'network_bytes' | 'traffic_bytes';

const sharedOf: Readonly<Record<string, SharedName>> = {
  network_sent_bytes: 'network_bytes',
  network_received_bytes: 'network_bytes',
  mqtt_bytes: 'traffic_bytes',
  http_bytes: 'traffic_bytes',
};

export interface AllowanceUse {
  /** The meter, or the name of what several share. */
  key: string;
  shared: SharedName | null;
  /** The meter's own words. */
  description: string;
  unit: string;
  used: number;
  /** What is included; null where everything is. */
  size: number | null;
  billable: number;
  /** The highest hour counts, not the sum. */
  isPeak: boolean;
}

const numberOf = (grouped: string | undefined): number | null =>
  grouped === undefined ? null : Number(grouped.replaceAll(',', ''));

const number = '([\\d,]+(?:\\.\\d+)?)';
const within = new RegExp(`(?:^|; )(?:within|above) ${number}`);
const highest = new RegExp(`the highest hour is ${number}`);

/** What is included by a line's sentence; undefined where it is not about an allowance (a fee, or shown and not billed). */
function sizeIn(reason: string): number | null | undefined {
  if (reason.includes('everything is included')) return null;
  if (reason.includes('nothing is included')) return 0;
  return numberOf(within.exec(reason)?.[1]) ?? undefined;
}

const sum = (lines: readonly CostLine[], of: 'quantity' | 'billable'): number =>
  lines.reduce((total, line) => total + Number(line[of]), 0);

/** In the order of the lines. */
export function allowancesOf(lines: readonly CostLine[]): AllowanceUse[] {
  const about = lines.filter(({ reason }) => sizeIn(reason) !== undefined);
  const groups = Map.groupBy(about, ({ meter }) => sharedOf[meter] ?? meter);
  return [...groups].flatMap(([key, group]) => {
    // A level's lines each have an allowance of their own; a pool's lines all say the same one.
    const last = group.toSorted((a, b) => a.to.localeCompare(b.to)).at(-1);
    if (last === undefined) return [];
    const peak = numberOf(highest.exec(last.reason)?.[1]);
    const size = sizeIn(last.reason) ?? null;
    return {
      key,
      shared: sharedOf[last.meter] ?? null,
      description: last.description,
      unit: last.unit,
      used: peak ?? sum(group, 'quantity'),
      size,
      billable: peak === null ? sum(group, 'billable') : Math.max(peak - (size ?? peak), 0),
      isPeak: peak !== null,
    };
  });
}
