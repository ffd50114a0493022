/**
 * Reads plans.yaml: from its text to plan versions, or to everything that is wrong with it, each with its path. Comments and the
 * order of the file are the operator's; the text is kept beside what was read of it. Pure.
 */
import type { OwnMeter } from '../contracts/own-meters.ts';
import { Decimal } from '../lib/decimal.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { type RatedMeter, ratedMeters } from './meters.ts';
import { readOwnMeters, toRated } from './own-meters.ts';
import type { Allowance, Entitlements, OwnRatedMeter, PlanVersion } from './plan.ts';
import { ruleFaults } from './plans-rules.ts';
import {
  plansFile,
  type WrittenAllowance,
  type WrittenPlan,
  type WrittenPlans,
  type WrittenPrice,
} from './plans-schema.ts';
import { issuesMax, type PlansIssue, readPlansText } from './plans-text.ts';
import { type Fault, faultsOf } from './plans-words.ts';
import { faultOf, type Price } from './price.ts';

/** A version of the file, with whether it is offered. */
export interface WrittenVersion {
  definition: PlanVersion;
  state: 'sold' | 'draft';
}

export interface PlansFile {
  currency: string;
  /** The operator's own meters. */
  meters: readonly OwnMeter[];
  versions: readonly WrittenVersion[];
}

/** The plan versions of a file's text. */
export function readPlansFile(text: string): Result<PlansFile, PlansIssue[]> {
  const yaml = readPlansText(text);
  if (!yaml.ok) return yaml;
  const { value, lineOf } = yaml.value;
  const issuesOf = (faults: readonly Fault[]): PlansIssue[] =>
    faults
      .slice(0, issuesMax)
      .map(({ path, message }) => ({ path: path.map(String).join('.'), message, line: lineOf(path) }));
  const read = plansFile.safeParse(value, { reportInput: true });
  if (!read.success) return err(issuesOf(faultsOf(read.error.issues)));
  const versions = versionsOf(read.data);
  return versions.ok ? versions : err(issuesOf(versions.error));
}

function versionsOf(file: WrittenPlans): Result<PlansFile, Fault[]> {
  const { meters, issues } = readOwnMeters(file.meters);
  const own = new Map(meters.map((meter) => [meter.meter, toRated(meter)]));
  const faults: Fault[] = [
    ...ruleFaults(file),
    ...issues.map(({ path, message }) => ({ path: path.split('.'), message })),
  ];
  const lists = new Map<string, Record<string, Price>>();
  for (const [list, prices] of Object.entries(file.lists)) {
    const read: Record<string, Price> = {};
    for (const [meter, written] of Object.entries(prices)) {
      const rated = ratedMeters.get(meter) ?? own.get(meter);
      if (!rated) continue;
      const price = toPrice(rated, written);
      if (price.ok) read[meter] = price.value;
      else faults.push({ path: ['lists', list, meter], message: price.error });
    }
    lists.set(list, read);
  }
  if (faults.length > 0) return err(faults);
  const versions = Object.entries(file.plans).map(([slug, plan]) => ({
    definition: toVersion(file, slug, plan, lists.get(plan.list) ?? {}, own),
    state: plan.state,
  }));
  return ok({ currency: file.currency, meters, versions });
}

const toVersion = (
  file: WrittenPlans,
  slug: string,
  plan: WrittenPlan,
  prices: Readonly<Record<string, Price>>,
  own: ReadonlyMap<string, OwnRatedMeter>,
): PlanVersion => ({
  plan: slug,
  version: plan.version ?? file.version,
  name: plan.name,
  order: Number(plan.order),
  fee: plain(plan.fee),
  interval: plan.interval,
  ...(plan.annual_fee === undefined ? {} : { annualFee: plain(plan.annual_fee) }),
  list: plan.list,
  open: plan.open === 'true',
  features: toEntitlements(plan.features),
  limits: toEntitlements(plan.limits),
  trial: { features: toEntitlements(file.trial.features), limits: toEntitlements(file.trial.limits) },
  monitoring: {
    ...plan.monitoring,
    dedicated: plan.monitoring.dedicated === 'true',
    grafana: plan.monitoring.grafana === 'true',
  },
  chart: { quota: plan.chart.quota, timeoutFactor: Number(plan.chart.timeout_factor) },
  allowances: Object.fromEntries(Object.entries(plan.allowances).map(([name, a]) => [name, toAllowance(a)])),
  prices,
  ownMeters: Object.fromEntries([...own].filter(([meter]) => meter in prices || meter in plan.allowances)),
});

/** A decimal in one writing, so that `0.050` and `0.05` are the same price. */
const plain = (decimal: string): string => new Decimal(decimal).toFixed();

const toEntitlements = (written: Readonly<Record<string, string>>): Entitlements =>
  Object.fromEntries(
    Object.entries(written).map(([name, text]) => {
      if (text === 'null') return [name, null];
      return [name, text === 'true' ? true : text === 'false' ? false : Number(text)];
    }),
  );

function toAllowance(written: WrittenAllowance): Allowance {
  if (written === 'unlimited') return written;
  return 'per_hour' in written ? { perHour: plain(written.per_hour) } : { perPeriod: plain(written.per_period) };
}

/** A price in the meter's own unit, whatever power of ten it was written in. */
function toPrice(rated: RatedMeter, written: WrittenPrice): Result<Price, string> {
  if ('flat' in written) return ok({ kind: 'flat', amount: plain(written.flat) });
  const units = unitsIn(written.per, rated);
  if (units === null) {
    return err(`is per ${written.per}, but ${rated.meter} is counted in ${rated.unit}s, or 10, 100, … of them`);
  }
  const price = priceOf(written, units);
  const fault = faultOf(price);
  return fault === null ? ok(price) : err(fault);
}

function priceOf(written: Exclude<WrittenPrice, { flat: string }>, units: Decimal): Price {
  const inUnits = (decimal: string): string => new Decimal(decimal).times(units).toFixed();
  const perUnit = (decimal: string): string => new Decimal(decimal).div(units).toFixed();
  if ('package' in written) {
    return { kind: 'package', size: inUnits(written.package), packagePrice: plain(written.price) };
  }
  if ('price' in written) return { kind: 'per_unit', unitPrice: perUnit(written.price) };
  const tiers = ('graduated' in written ? written.graduated : written.volume).map(({ from, to, price }) => ({
    from: inUnits(from),
    to: to === undefined ? null : inUnits(to),
    unitPrice: perUnit(price),
  }));
  return { kind: 'graduated' in written ? 'graduated' : 'volume', tiers };
}

/** How many of the meter's units `1000 calls`, `GB` or `core-hours` are; null when it is another unit. */
function unitsIn(per: string, { unit }: RatedMeter): Decimal | null {
  const [, power = '1', named] = /^(?:(10{1,9}) )?(.+?)$/.exec(per) ?? [];
  return named === unit || named === `${unit}s` ? new Decimal(power) : null;
}
