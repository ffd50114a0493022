/** The plans that a simulation rates by: those of a file, or published versions. */
import type { Failure } from '../../contracts/failures.ts';
import type { Db } from '../../db/client.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { fileToPublish } from './file-to-publish.ts';

export interface Asked {
  yaml?: string | undefined;
  plan_versions?: readonly { plan: string; version: string }[] | undefined;
}

export interface Proposed {
  versions: readonly PlanVersion[];
  /** Of the file; null for published versions. */
  sha256: string | null;
}

/** Reads what is asked for; a file that could not be published is refused as publishing it would be. */
export async function proposedPlans(db: Db, { yaml, plan_versions = [] }: Asked): Promise<Result<Proposed, Failure>> {
  if (yaml !== undefined) {
    const read = await fileToPublish(db, yaml);
    if (!read.ok) return read;
    return ok({ versions: read.value.file.versions.map((v) => v.definition), sha256: await sha256Hex(yaml) });
  }
  const { versions } = await findCatalogue(db);
  const issues: { path: string; message: string }[] = [];
  const found = plan_versions.flatMap(({ plan, version }, n) => {
    const path = `plan_versions.${n}`;
    if (plan_versions.findIndex((other) => other.plan === plan) !== n)
      issues.push({ path, message: `names the plan ${plan} again` });
    const published = versions.find(({ definition: d }) => d.plan === plan && d.version === version);
    if (!published) issues.push({ path, message: `the plan ${plan} has no version ${version}` });
    return published ? [published.definition] : [];
  });
  if (issues.length === 0) return ok({ versions: found, sha256: null });
  const message = `${issues[0]?.path}: ${issues[0]?.message}`;
  return err({ code: 'validation_failed', message, details: { issues } });
}
