/** What an organisation's projects used and cost on each day of a month, for an export in the form of FOCUS. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { ProjectCost } from '../../organisations/cost.ts';
import type { FocusMonth } from '../../organisations/focus.ts';
import { startOfMonth } from '../../organisations/month.ts';
import type { ProjectRow } from '../../organisations/project.ts';
import { daysOfMonth, monthOf } from '../../organisations/range.ts';
import type { Bucket } from '../../usage/cut.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope, narrowTo } from './find-scope.ts';
import { readCosts } from './read-costs.ts';

export interface FocusFigures extends FocusMonth {
  buckets: readonly Bucket[];
  projects: readonly { project: ProjectRow; cost: ProjectCost }[];
}

/** Two steps: control database, then the shards. The month that runs unless one is named. */
export async function readFocus(
  reads: UsageReads,
  asker: Asker,
  asked: { month?: string | undefined; namespace?: string | undefined; cluster?: string | undefined },
): Promise<Result<FocusFigures, Failure>> {
  const month = monthOf(asked.month, reads.now);
  if (!month.ok) return month;
  const found = await findScope(reads, asker, { since: startOfMonth(month.value) });
  const { namespace, cluster } = asked;
  const narrowed = found.ok && namespace !== undefined ? narrowTo(found.value, { namespace, cluster }) : found;
  if (!narrowed.ok) return narrowed;
  const { organisation, rates, projects } = narrowed.value;
  const { columns, buckets, projects: costs } = await readCosts(reads, narrowed.value, daysOfMonth(month.value));
  const bySeq = new Map(costs.map((cost) => [cost.projectSeq, cost]));
  const rows = projects.flatMap((project) => {
    const cost = bySeq.get(project.seq);
    return cost ? [{ project, cost }] : [];
  });
  return ok({ organisation, month: month.value, rates, columns, buckets, projects: rows });
}
