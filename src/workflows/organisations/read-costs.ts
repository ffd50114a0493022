/** What the projects of a scope cost in the buckets of a cut: each usage shard is read once, all at the same time. Reads only. */
import { shardOf } from '../../db/shards.ts';
import { costsOf, type ProjectCost } from '../../organisations/cost.ts';
import type { Cut } from '../../usage/cut.ts';
import { sumProjects } from '../../usage/project-sums-store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import type { Scope } from './find-scope.ts';

export interface Costs {
  buckets: Cut['buckets'];
  /** What `units` of a project are of, by place. */
  columns: readonly string[];
  projects: readonly ProjectCost[];
}

/**
 * One step: a statement a shard. For cents that add up over a month the cut begins where the month does.
 * @param more stored columns beside those that have a rate
 * @param together whether the projects are added up (src/organisations/cost.ts)
 */
export async function readCosts(
  reads: UsageReads,
  scope: Scope,
  cut: Cut,
  { more = [], together = true }: { more?: readonly string[]; together?: boolean } = {},
): Promise<Costs> {
  const { projects, rates, expectations, beside } = scope;
  const columns = [...new Set([...rates.flatMap((rate) => rate.columns), ...more])];
  const shards = [...Map.groupBy(scope.measured, ({ usageShard }) => usageShard)];
  const sums = await Promise.all(
    shards.map(([usageShard, measured]) => sumProjects(shardOf(reads, { usageShard }), measured, cut, columns)),
  );
  return {
    buckets: cut.buckets,
    columns,
    projects: costsOf({
      projects: projects.map(({ seq }) => seq),
      sums: sums.flat(),
      buckets: cut.buckets,
      rates,
      columns,
      expectations,
      beside,
      now: reads.now,
      together,
    }),
  };
}
