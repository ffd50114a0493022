/** What an organisation, a namespace or a meter cost over time, in series. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ProjectCost } from '../../organisations/cost.ts';
import { type AskedRange, trendsRange } from '../../organisations/range.ts';
import { type By, type Series, seriesOf } from '../../organisations/series.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope, narrowTo } from './find-scope.ts';
import { readCosts } from './read-costs.ts';

export interface TrendsQuery extends AskedRange {
  by: By;
  namespace?: string | undefined;
  cluster?: string | undefined;
  meter?: string | undefined;
}

export interface TrendsFigures {
  /** Ms. */
  from: number;
  to: number;
  series: Series[];
  totalCents: number;
  asOf: number | null;
}

/** Two steps: control database, then the shards. */
export async function readTrends(
  reads: UsageReads,
  asker: Asker,
  { by, namespace, cluster, meter, ...asked }: TrendsQuery,
): Promise<Result<TrendsFigures, Failure>> {
  const range = trendsRange(asked, reads.now);
  if (!range.ok) return range;
  const found = await findScope(reads, asker, { since: range.value.from });
  const narrowed = found.ok && namespace !== undefined ? narrowTo(found.value, { namespace, cluster }) : found;
  if (!narrowed.ok) return narrowed;
  const scope = narrowed.value;
  if (meter !== undefined && !scope.rates.some((rate) => rate.meter === meter)) {
    const known = scope.rates.map((rate) => rate.meter);
    return err({ code: 'unknown_meter', message: `no such meter; there are ${known.join(', ')}`, details: { known } });
  }
  const { from, to, cut } = range.value;
  const { buckets, columns, projects: costs } = await readCosts(reads, scope, cut);
  const { projects, rates } = scope;
  const series = seriesOf({ by, projects, costs, buckets, from, rates, columns, meter });
  return ok({
    from,
    to,
    series,
    totalCents: series.reduce((sum, { totalCents }) => sum + totalCents, 0),
    asOf: newestOf(
      costs,
      buckets.findIndex(({ start }) => start >= from),
    ),
  });
}

/** The end of the newest window from a bucket on. */
function newestOf(costs: readonly ProjectCost[], first: number): number | null {
  let newest: number | null = null;
  for (const { lastEnd } of costs) {
    const end = lastEnd.findLast((found, b) => found !== null && b >= first) ?? null;
    if (end !== null && (newest === null || end > newest)) newest = end;
  }
  return newest;
}
