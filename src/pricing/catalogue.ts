/** The catalogue: every plan version that was ever published, and what is sold of it today. Pure. */
import type { PlanVersion } from './plan.ts';

/** `retired`: its subscribers keep it, nobody can buy it. `draft`: published, and not offered yet. */
export type PlanState = 'draft' | 'sold' | 'retired';

export interface PublishedVersion {
  state: PlanState;
  definition: PlanVersion;
}

export interface Catalogue {
  versions: readonly PublishedVersion[];
}

/** A version that was published; one that never was is a broken invariant. */
export function versionOf({ versions }: Catalogue, plan: string, version: string): PlanVersion {
  const found = versions.find(({ definition }) => definition.plan === plan && definition.version === version);
  if (!found) throw new Error(`the plan ${plan} has no version ${version}`);
  return found.definition;
}

/** What is sold, the lowest order first. */
export const soldVersions = ({ versions }: Catalogue): PlanVersion[] =>
  versions
    .filter(({ state }) => state === 'sold')
    .map(({ definition }) => definition)
    .toSorted((a, b) => a.order - b.order);

/** Which sold plans anybody may sign up for: those that the operator's setting names, or those that say so themselves. */
export function openVersions(catalogue: Catalogue, offered: readonly string[] | 'all' | null): PlanVersion[] {
  return soldVersions(catalogue).filter(
    ({ plan, open }) => offered === 'all' || (offered === null ? open : offered.includes(plan)),
  );
}
