/** One period's bill twice, under two catalogues or of two usages: what changes, and whom a change hits most. Pure. */
import type { Rated } from './rate.ts';

/** A meter whose amount differs; the plan's own price is `base_fee`. */
export interface MeterChange {
  meter: string;
  description: string;
  beforeCents: number;
  afterCents: number;
}

/** A line whose amount differs; one that is on one bill only is 0 on the other. */
export interface LineChange {
  lineId: string;
  meter: string;
  description: string;
  beforeCents: number;
  afterCents: number;
}

/** A customer whose bill differs. */
export interface CustomerChange {
  customerId: string;
  beforeCents: number;
  afterCents: number;
  /** The meters that change most. */
  why: string;
}

/** Meters that the sentence names. */
const namedMax = 3;

/** The meters whose amounts differ, the largest difference first. */
export function changesBetween(before: Rated, after: Rated): MeterChange[] {
  const changes = new Map<string, MeterChange>();
  const add = ({ lines }: Rated, side: 'beforeCents' | 'afterCents') => {
    for (const line of lines) {
      const { meter, description } = line;
      const change = changes.get(meter) ?? { meter, description, beforeCents: 0, afterCents: 0 };
      change[side] += line.amountCents;
      changes.set(meter, change);
    }
  };
  add(before, 'beforeCents');
  add(after, 'afterCents');
  return [...changes.values()].filter((change) => differenceOf(change) > 0).toSorted(byDifference);
}

/** The lines whose amounts differ, in the order of the bills. */
export function lineChangesBetween(before: Rated, after: Rated): LineChange[] {
  const changes = new Map<string, LineChange>();
  const add = ({ lines }: Rated, side: 'beforeCents' | 'afterCents') => {
    for (const { id: lineId, meter, description, amountCents } of lines) {
      const change = changes.get(lineId) ?? { lineId, meter, description, beforeCents: 0, afterCents: 0 };
      changes.set(lineId, { ...change, [side]: amountCents });
    }
  };
  add(before, 'beforeCents');
  add(after, 'afterCents');
  return [...changes.values()].filter((change) => differenceOf(change) > 0);
}

/** `CPU $4.00 → $40,000.00; Memory …`. */
export function whyOf(changes: readonly MeterChange[]): string {
  const named = changes
    .slice(0, namedMax)
    .map(
      ({ description, beforeCents, afterCents }) => `${description} ${dollars(beforeCents)} → ${dollars(afterCents)}`,
    );
  const more = changes.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

/** The `count` customers whose bills differ most, most first. */
export const mostChanged = (customers: readonly CustomerChange[], count: number): CustomerChange[] =>
  customers
    .filter((change) => differenceOf(change) > 0)
    .toSorted(byDifference)
    .slice(0, count);

interface Amounts {
  beforeCents: number;
  afterCents: number;
}

const differenceOf = ({ beforeCents, afterCents }: Amounts): number => Math.abs(afterCents - beforeCents);
const byDifference = (a: Amounts, b: Amounts): number => differenceOf(b) - differenceOf(a);

const dollars = (cents: number): string => {
  const whole = String(Math.trunc(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${cents < 0 ? '-' : ''}$${whole}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
};
