/** What is wrong with a file of plans, and what it would change of what is sold. Reads only. */
import type { Db } from '../../db/client.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { type Difference, differences } from '../../pricing/plan-differences.ts';
import { readPlansFile } from '../../pricing/plans-file.ts';
import type { PlansIssue } from '../../pricing/plans-text.ts';
import { fileToPublish } from './file-to-publish.ts';

export interface PlansVerdict {
  valid: boolean;
  issues: readonly PlansIssue[];
  /** Empty of a file that cannot be read. */
  diff: Difference[];
}

/** The verdict on a file; of one that can be read also what it changes. */
export async function checkPlans(db: Db, yaml: string): Promise<PlansVerdict> {
  const read = readPlansFile(yaml);
  if (!read.ok) return { valid: false, issues: read.error, diff: [] };
  const [publishable, catalogue] = await Promise.all([fileToPublish(db, yaml), findCatalogue(db)]);
  const issues = publishable.ok ? [] : (publishable.error.details?.['issues'] as PlansIssue[]);
  return { valid: publishable.ok, issues, diff: differences(catalogue, read.value) };
}
