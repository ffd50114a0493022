/** What was used in a stretch, by meter: of sums by quantity and levels by meter, wherever they were added up. Pure. */
import { Decimal, zero } from '../lib/decimal.ts';
import { quantities } from '../usage/meters.ts';
import type { PlanVersion } from './plan.ts';

/**
 * Sums per meter, of decimal text by a quantity's bit: two quantities of one meter (bytes in and out) are added, an own
 * meter's go by its name in the plan.
 */
export function byMeter(
  sums: readonly { values: readonly (string | null)[] }[],
  ownMeters: PlanVersion['ownMeters'],
): Record<string, Decimal> {
  const nameOf = new Map<string, string>(Object.values(ownMeters).map(({ field, meter }) => [field, meter]));
  const usage: Record<string, Decimal> = {};
  for (const q of quantities) {
    const meter = q.kind === 'own' ? nameOf.get(q.field) : q.meter;
    if (q.kind === 'peak' || meter === undefined) continue;
    const added = sums.reduce((t, s) => t.plus(s.values[q.bit] ?? 0), zero);
    usage[meter] = (usage[meter] ?? zero).plus(added);
  }
  return usage;
}

/** A level of a stretch, as decimal text: its highest hour, and the sum of its hours. */
export interface UsedLevel {
  meter: string;
  peak: string;
  hours: string;
}

/** The usage that a stretch is rated by. */
export function usageOf(
  sums: readonly { values: readonly (string | null)[] }[],
  levels: readonly UsedLevel[],
  ownMeters: PlanVersion['ownMeters'],
): Record<string, Decimal> {
  const usage = byMeter(sums, ownMeters);
  for (const { meter, peak, hours } of levels) {
    usage[meter] = new Decimal(peak);
    if (meter === 'device_peak') usage['device_hours'] = new Decimal(hours);
  }
  return usage;
}
