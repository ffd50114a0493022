/** The plans that ship (plans.yaml), as tests on this side of workerd read them. */
import { readFileSync } from 'node:fs';
import type { PlanVersion } from '../../src/pricing/plan.ts';
import { readPlansFile } from '../../src/pricing/plans-file.ts';

/** plans.yaml as it ships. */
export const shippedPlansYaml = readFileSync(new URL('../../plans.yaml', import.meta.url), 'utf8');

const file = readPlansFile(shippedPlansYaml);
if (!file.ok) throw new Error(`plans.yaml: ${JSON.stringify(file.error)}`);
const { versions } = file.value;

/** A plan of plans.yaml. */
export function shippedPlan(plan: string): PlanVersion {
  const found = versions.find(({ definition }) => definition.plan === plan);
  if (!found) throw new Error(`plans.yaml has no plan ${plan}`);
  return found.definition;
}
