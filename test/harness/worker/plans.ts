/** The catalogue of a test of the Worker: the plans that ship, and any others. */
import { env } from 'cloudflare:workers';
import { commit, openDb } from '../../../src/db/client.ts';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { publish } from '../../../src/pricing/catalogue-store.ts';
import { publishOwnMeters } from '../../../src/pricing/own-meter-store.ts';
import type { PlanVersion } from '../../../src/pricing/plan.ts';
import { type PlansFile, readPlansFile } from '../../../src/pricing/plans-file.ts';

const bindings = env as unknown as { CONTROL: D1Database; TEST_PLANS: string };

/** plans.yaml as it ships. */
export const shippedPlans = bindings.TEST_PLANS;

/** A file of plans, read; throws where it is wrong. */
export function plansOf(yaml: string): PlansFile {
  const file = readPlansFile(yaml);
  if (!file.ok) throw new Error(`the plans are wrong: ${JSON.stringify(file.error)}`);
  return file.value;
}

/** A plan of the shipped file, changed where the text is. */
export function shippedPlan(plan: string, change: (yaml: string) => string = (yaml) => yaml): PlanVersion {
  const found = plansOf(change(shippedPlans)).versions.find(({ definition }) => definition.plan === plan);
  if (!found) throw new Error(`there is no plan ${plan}`);
  return found.definition;
}

/** The shipped plans on the other price list. */
export const applicationPlans = shippedPlans
  .replace('version: "2026-11"', 'version: 2026-11-application')
  .replaceAll('list: infrastructure', 'list: application');

/** Publishes a file of plans past the API. */
export async function publishPlans(yaml: string, now = 0): Promise<void> {
  const { versions, meters } = plansOf(yaml);
  await commit(openDb(bindings.CONTROL), [
    ...publish({ sha256: await sha256Hex(yaml), text: yaml, fresh: versions, standing: [], now }),
    ...publishOwnMeters(meters, now),
  ]);
}
