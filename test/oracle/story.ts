/** A story: everything that a bill depends on, as data that neither the product's nor the oracle's arithmetic made. */

import type { PeriodKind } from '../../src/periods/period.ts';
import type { OverrideRow, PlanChange } from '../../src/pricing/segments.ts';
import type { RatedPlan } from '../../src/pricing/stretch.ts';

/** What one hour's windows have, in whole base units by meter; `end` in ms is an hour edge in the period. */
export interface Hour {
  end: number;
  usage: Readonly<Record<string, bigint>>;
}

export interface Story {
  seed: number;
  period: { start: number; end: number; kind: PeriodKind };
  /** Every version that the changes name. */
  plans: readonly RatedPlan[];
  /** Oldest first. */
  changes: readonly PlanChange[];
  rows: readonly OverrideRow[];
  /** In time order, no hour twice. */
  hours: readonly Hour[];
}
