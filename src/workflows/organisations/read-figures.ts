/** The figures of now of a scope's projects, with or without what is foretold of them. One step: shards only. Reads only. */
import { type Current, currentCut, currentOf } from '../../organisations/current.ts';
import { foretell, pastDays } from '../../organisations/foretell.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import type { Scope } from './find-scope.ts';
import { readCosts } from './read-costs.ts';

export interface Figures {
  /** What units are of, by place. */
  columns: readonly string[];
  /** By the project's number. */
  current: ReadonlyMap<number, Current>;
}

/** What every project of the scope costs now; the options are those of `readCosts`. */
export async function readFigures(
  reads: UsageReads,
  scope: Scope,
  options: { more?: readonly string[]; together?: boolean } = {},
): Promise<Figures> {
  const { columns, buckets, projects } = await readCosts(reads, scope, currentCut(reads.now), options);
  const current = projects.map((cost) => [cost.projectSeq, currentOf(cost, buckets, reads.now)] as const);
  return { columns, current: new Map(current) };
}

/** Cents that the month will have cost, by the project's number; null where nothing can be foretold. */
export type Forecasts = ReadonlyMap<number, number | null>;

/**
 * What the month of each project will have cost.
 * @param figures of the same scope, asked for at the same time
 */
export async function readForecasts(reads: UsageReads, scope: Scope, figures: Promise<Figures>): Promise<Forecasts> {
  const [{ columns: ofPast, buckets, projects }, { columns, current }] = await Promise.all([
    readCosts(reads, scope, pastDays(reads.now)),
    figures,
  ]);
  const measuredFrom = Map.groupBy(scope.expectations, ({ projectSeq }) => projectSeq);
  return new Map(
    projects.map((cost) => {
      const now = current.get(cost.projectSeq);
      const active = (measuredFrom.get(cost.projectSeq) ?? []).flatMap((e) => e.active.map(({ from }) => from));
      if (!now) return [cost.projectSeq, null];
      const soFar = { ...now, units: placed(now.units, columns, ofPast), measuredFrom: Math.min(...active) };
      const basis = { rates: scope.rates, columns: ofPast, now: reads.now };
      return [cost.projectSeq, foretell(soFar, { cost, buckets }, basis)];
    }),
  );
}

/** Units of some columns in the order of others, which are among them. */
const placed = (units: readonly bigint[], from: readonly string[], to: readonly string[]): bigint[] =>
  to.map((column) => units[from.indexOf(column)] ?? 0n);
