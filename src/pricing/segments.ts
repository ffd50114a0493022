/** Cuts a period where the plan changed, at a window edge. Pure. */
import { floorTo, hourMs } from '../lib/time.ts';
import type { Period } from '../periods/period.ts';

export interface PlanChange {
  effectiveAt: number;
  plan: string;
  planVersion: string;
}

export interface PlanStretch extends Period {
  change: PlanChange;
}

/**
 * The period as stretches of one plan each. A change counts from the hour edge at or before it, so that no window has
 * two plans; the plan at the start is the last one before it, or the first there is. One that begins with the next period
 * is of that one, though its hour edge lies in this.
 * @param changes oldest first, at least one
 */
export function stretchesOf(period: Period, changes: readonly PlanChange[]): PlanStretch[] {
  const [first] = changes;
  if (!first) throw new Error('a subscription without a plan');
  const stretches: PlanStretch[] = [];
  let current = first;
  let start = period.start;
  for (const change of changes) {
    if (change.effectiveAt >= period.end) break;
    const at = Math.max(floorTo(change.effectiveAt, hourMs), period.start);
    if (at > start) stretches.push({ start, end: at, change: current });
    current = change;
    start = Math.max(start, at);
  }
  stretches.push({ start, end: period.end, change: current });
  return stretches;
}
