/** What a file of plans does to the catalogue: which versions are new, stand or were changed, and whose prices move. Pure. */
import { sameJson } from '../lib/json.ts';
import type { Catalogue } from './catalogue.ts';
import { withoutTitles } from './own-meters.ts';
import type { PlanVersion } from './plan.ts';
import type { PlansFile, WrittenVersion } from './plans-file.ts';
import type { PlansIssue } from './plans-text.ts';

/** What customers are billed in. */
export const billedCurrency = 'usd';

export interface Comparison {
  /** Not published yet. */
  fresh: WrittenVersion[];
  /** Published as they are. */
  standing: WrittenVersion[];
  /** Published with another definition, which never changes. */
  changed: WrittenVersion[];
}

/** The file's versions beside those that were published. */
export function compare(catalogue: Catalogue, file: PlansFile): Comparison {
  const published = new Map(catalogue.versions.map(({ definition }) => [nameOf(definition), definition]));
  const groups = Map.groupBy(file.versions, ({ definition }) => {
    const before = published.get(nameOf(definition));
    if (before === undefined) return 'fresh';
    return sameJson(withoutTitles(before), withoutTitles(definition)) ? 'standing' : 'changed';
  });
  const group = (name: keyof Comparison) => groups.get(name) ?? [];
  return { fresh: group('fresh'), standing: group('standing'), changed: group('changed') };
}

/** `plan/version`. */
export const nameOf = ({ plan, version }: PlanVersion): string => `${plan}/${version}`;

/** Why changed versions cannot be published. */
export const changedIssues = ({ changed }: Comparison): PlansIssue[] =>
  changed.map(({ definition: { plan, version } }) => ({
    path: `plans.${plan}`,
    message: `the version ${version} is published and never changes: give the change a new version`,
    line: null,
  }));

/** The version of a plan that a new one is held against: what is sold, else what was published last. */
export const standingVersion = ({ versions }: Catalogue, plan: string): PlanVersion | null => {
  const own = versions.filter(({ definition }) => definition.plan === plan);
  return (own.find(({ state }) => state === 'sold') ?? own.at(-1))?.definition ?? null;
};

/** The plans whose fee, prices or allowances the file changes. */
export const repriced = (catalogue: Catalogue, file: PlansFile): string[] =>
  file.versions.flatMap(({ definition }) => {
    const before = standingVersion(catalogue, definition.plan);
    return before === null || sameJson(moneyOf(before), moneyOf(definition)) ? [] : [definition.plan];
  });

const moneyOf = ({ fee, interval, annualFee, prices, allowances }: PlanVersion) => ({
  fee,
  interval,
  ...(annualFee === undefined ? {} : { annualFee }),
  prices,
  allowances,
});
