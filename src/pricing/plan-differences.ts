/** A plan version in words of people, field by field, and what differs between two of them. Pure. */
import type { Catalogue } from './catalogue.ts';
import type { Allowance, Entitlements, PlanVersion } from './plan.ts';
import type { PlansFile } from './plans-file.ts';
import type { Price, Tier } from './price.ts';
import { standingVersion } from './publication.ts';
import { definitionOf } from './stretch.ts';

export interface Difference {
  plan: string;
  version: string;
  /** As plans.yaml calls it. */
  field: string;
  /** Null where there is none. */
  before: string | null;
  after: string | null;
}

/** What a file changes of what is sold now, in its order; what it does not name any more comes last. */
export function differences(catalogue: Catalogue, file: PlansFile): Difference[] {
  const named = file.versions.flatMap(({ definition, state }) => {
    const { plan, version } = definition;
    const before = standingVersion(catalogue, plan);
    const stateBefore = catalogue.versions.find(({ definition: d }) => d === before)?.state ?? null;
    const was = before === null ? new Map<string, string>() : fieldsOf(before);
    const is = fieldsOf(definition);
    const fields = [...new Set([...is.keys(), ...was.keys()])].map((field) => ({
      field,
      before: was.get(field) ?? null,
      after: is.get(field) ?? null,
    }));
    return [{ field: 'state', before: stateBefore, after: state }, ...fields]
      .filter((d) => d.before !== d.after)
      .map((d) => ({ plan, version, ...d }));
  });
  const gone = catalogue.versions.filter(
    ({ state, definition }) => state === 'sold' && !file.versions.some((v) => v.definition.plan === definition.plan),
  );
  return [
    ...named,
    ...gone.map(({ definition: { plan, version } }) => ({
      plan,
      version,
      field: 'state',
      before: 'sold',
      after: 'retired',
    })),
  ];
}

/** Every field of a version by its name in plans.yaml, in words. */
function fieldsOf(version: PlanVersion): Map<string, string> {
  const { monitoring, chart } = version;
  return new Map([
    ['version', version.version],
    ['name', version.name],
    ['order', String(version.order)],
    ['fee', `$${version.fee} a ${version.interval}`],
    ...(version.annualFee === undefined ? [] : [['annual_fee', `$${version.annualFee} a year`] as const]),
    ['list', version.list],
    ['open', String(version.open)],
    ...entitled('features', version.features),
    ...entitled('limits', version.limits),
    ...entitled('trial.features', version.trial.features),
    ...entitled('trial.limits', version.trial.limits),
    ...under('monitoring', { ...monitoring }),
    ...under(
      'allowances',
      mapped(version.allowances, (allowance) => allowanceWords(allowance)),
    ),
    ...under(
      'prices',
      mapped(version.prices, (price, meter) => priceWords(price, definitionOf(version, meter)?.unit ?? meter)),
    ),
    ['chart.timeout_factor', String(chart.timeoutFactor)],
    ...under('chart.quota', { ...chart.quota, containerMax: JSON.stringify(chart.quota.containerMax) }),
  ]);
}

const mapped = <T>(record: Readonly<Record<string, T>>, words: (value: T, name: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, words(value, name)]));

const under = (section: string, record: Readonly<Record<string, string | boolean>>): [string, string][] =>
  Object.entries(record).map(([name, value]) => [`${section}.${name}`, String(value)]);

const entitled = (section: string, entitlements: Entitlements): [string, string][] =>
  Object.entries(entitlements).map(([name, value]) => [
    `${section}.${name}`,
    value === null ? 'unlimited' : String(value),
  ]);

function allowanceWords(allowance: Allowance): string {
  if (allowance === 'unlimited') return allowance;
  return 'perHour' in allowance ? `${allowance.perHour} an hour` : `${allowance.perPeriod} a period`;
}

/** `$0.05 per core-hour`, `graduated per GB: $1 to 10, $0.50 above`. */
function priceWords(price: Price, unit: string): string {
  switch (price.kind) {
    case 'per_unit':
      return `$${price.unitPrice} per ${unit}`;
    case 'flat':
      return `$${price.amount} a period`;
    case 'package':
      return `$${price.packagePrice} per package of ${price.size} ${unit}s`;
    case 'graduated':
    case 'volume':
      return `${price.kind} per ${unit}: ${price.tiers.map(tierWords).join(', ')}`;
  }
}

const tierWords = ({ to, unitPrice }: Tier): string => `$${unitPrice} ${to === null ? 'above' : `to ${to}`}`;
