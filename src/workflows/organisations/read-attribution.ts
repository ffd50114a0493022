/** Whose a month's cost is, by the values of one label, with what is shared split among them. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Attribution, attribute } from '../../organisations/attribute.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import type { Asker } from './find-scope.ts';
import { readSummary, type SummaryFigures } from './read-summary.ts';

export interface AttributionFigures
  extends Attribution,
    Pick<SummaryFigures, 'month' | 'totalCents' | 'complete' | 'asOf'> {
  key: string;
}

/** Two steps, those of the summary. */
export async function readAttribution(
  reads: UsageReads,
  asker: Asker,
  { month: named, key }: { month?: string | undefined; key: string },
): Promise<Result<AttributionFigures, Failure>> {
  const summary = await readSummary(reads, asker, named);
  if (!summary.ok) return summary;
  const { month, totalCents, complete, asOf, byProject } = summary.value;
  return ok({ key, month, totalCents, complete, asOf, ...attribute(byProject, key) });
}
