/** Cuts a period where the plan or the overrides changed, at a window edge. Pure. */
import { floorTo, hourMs } from '../lib/time.ts';
import type { Period } from '../periods/period.ts';
import { joined, noOverrides, type Overrides, sameOverrides } from './stretch.ts';

export interface PlanChange {
  effectiveAt: number;
  plan: string;
  planVersion: string;
}

/** Overrides as they were agreed; the newest row that has begun is in force, alone. */
export interface OverrideRow extends Overrides {
  effectiveAt: number;
  /** The slug of the plan that they were agreed for. */
  plan: string;
  /** Whether they end, for good, when the customer leaves that plan; before it begins they are not in force either. */
  untilPlanChange: boolean;
}

/** A part of a period under one plan version and one set of overrides. */
export interface PlanStretch extends Period {
  plan: string;
  planVersion: string;
  overrides: Overrides;
}

/**
 * The period as stretches. A change counts from the hour edge at or before it, so that no window has two plans; the plan at
 * the start is the last one before it, or the first there is. What begins with the next period is of that one, though its
 * hour edge lies in this. Neighbours that differ in nothing are one.
 * @param changes oldest first, at least one
 * @param rows oldest first
 */
export function stretchesOf(
  period: Period,
  changes: readonly PlanChange[],
  rows: readonly OverrideRow[],
): PlanStretch[] {
  const [first] = changes;
  if (!first) throw new Error('a subscription without a plan');
  const begun = <T extends { effectiveAt: number }>(all: readonly T[]) =>
    all.filter((one) => one.effectiveAt < period.end);
  const history = { first, changes: begun(changes), rows: begun(rows) };
  const edges = [...history.changes, ...history.rows].map((one) => floorTo(one.effectiveAt, hourMs));
  const states = statesAt([Number.NEGATIVE_INFINITY, ...new Set(edges.toSorted((a, b) => a - b))], history);
  const stretches = states
    .map(({ from, plan, planVersion, overrides }, i) => ({
      start: Math.max(from, period.start),
      end: Math.min(states[i + 1]?.from ?? period.end, period.end),
      plan,
      planVersion,
      overrides,
    }))
    .filter((stretch) => stretch.start < stretch.end);
  return joined(
    stretches,
    (a, b) => a.plan === b.plan && a.planVersion === b.planVersion && sameOverrides(a.overrides, b.overrides),
    (a, b) => ({ ...a, end: b.end }),
  );
}

interface History {
  first: PlanChange;
  changes: readonly PlanChange[];
  rows: readonly OverrideRow[];
}

/** What is in force from each edge on. Told from the beginning, because what has ended does not come back. */
function statesAt(edges: readonly number[], { first, changes, rows }: History) {
  let agreed: OverrideRow | null = null;
  let standing: 'waits' | 'holds' | 'ended' = 'waits';
  return edges.map((from) => {
    const { plan, planVersion } = lastBegun(changes, from) ?? first;
    const newest = lastBegun(rows, from);
    if (newest !== agreed) standing = 'waits';
    agreed = newest;
    const applies = newest !== null && (!newest.untilPlanChange || newest.plan === plan);
    if (applies && standing === 'waits') standing = 'holds';
    if (!applies && standing === 'holds') standing = 'ended';
    const overrides =
      newest !== null && standing === 'holds' ? { allowances: newest.allowances, prices: newest.prices } : noOverrides;
    return { from, plan, planVersion, overrides };
  });
}

const lastBegun = <T extends { effectiveAt: number }>(all: readonly T[], edge: number): T | null =>
  all.findLast((one) => floorTo(one.effectiveAt, hourMs) <= edge) ?? null;
