/**
 * Rating: the one pure function behind cost, invoice, preview and simulation. Usage by plan segment + overrides + period
 * → lines that explain themselves. Exact decimals; each line is rounded once, half away from zero; the total is their sum.
 */
import type { CostLine } from '../contracts/cost.ts';
import { Decimal, settled, shown, sum, toCents, zero } from '../lib/decimal.ts';
import { granted, shareAllowance } from './allowance.ts';
import { baseFeeMeter, type RatedMeter, ratedMeters } from './meters.ts';
import type { Allowance, PlanVersion } from './plan.ts';
import { chargesOf, type Price } from './price.ts';

/** A stretch of the period under one plan; times in ms, `usage` in stored base units by rated meter. */
export interface Segment {
  start: number;
  end: number;
  plan: PlanVersion;
  usage: Readonly<Record<string, Decimal>>;
}

/** Per customer, in the units of the lines; an allowance of null is without limit. */
export interface Overrides {
  allowances: Readonly<Record<string, string | null>>;
  prices: Readonly<Record<string, string>>;
}

export interface Rated {
  lines: CostLine[];
  totalCents: number;
}

interface Context {
  segments: readonly Segment[];
  periodSeconds: number;
  overrides: Overrides;
}

const msPerSecond = 1000;
/** Seconds of neighbouring segments; ms are added first, because fractions of seconds do not add up exactly. */
const secondsOf = (...segments: readonly { start: number; end: number }[]): number =>
  segments.reduce((ms, s) => ms + (s.end - s.start), 0) / msPerSecond;

/** Rates a period whose segments follow one another from its start to its end. */
export function rate(segments: readonly Segment[], overrides: Overrides): Rated {
  const context: Context = { segments, periodSeconds: secondsOf(...segments), overrides };
  const lines = [...baseFees(context), ...allowanceGroups(context).flatMap((group) => groupLines(group, context))];
  return { lines, totalCents: lines.reduce((total, line) => total + line.amount_cents, 0) };
}

/** The plan's own price, prorated by seconds where plans changed. */
function baseFees({ segments, periodSeconds, overrides }: Context): CostLine[] {
  return runsOf(segments, (s) => `${s.plan.plan}/${s.plan.version}`).map((run) => {
    const plan = run[0].plan;
    const seconds = secondsOf(...run);
    const share = new Decimal(seconds).div(periodSeconds);
    const fee = overrides.prices[baseFeeMeter] ?? plan.fee;
    const whole = seconds === periodSeconds;
    return {
      meter: baseFeeMeter,
      description: `${plan.name} plan`,
      quantity: shown(share).toString(),
      unit: 'month',
      included: '0',
      billable: shown(share).toString(),
      tier: null,
      unit_price: fee,
      amount_cents: toCents(share.times(fee)),
      reason: whole ? `${plan.name} for the whole period` : `${plan.name} for ${seconds} of ${periodSeconds} seconds`,
    };
  });
}

interface Member {
  rated: RatedMeter;
  price: (segment: Segment) => Price;
}

/** The meters that any segment prices, by the allowance they draw on, in the order of the price lists. */
function allowanceGroups({ segments, overrides }: Context): Member[][] {
  const groups = new Map<string, Member[]>();
  const names = new Set(segments.flatMap((s) => Object.keys(s.plan.prices)));
  for (const name of names) {
    const rated = ratedMeters.get(name);
    if (!rated) throw new Error(`${name} is priced but not rated`);
    const override = overrides.prices[name];
    const unpriced: Price = { kind: 'per_unit', unitPrice: '0' };
    const price = (segment: Segment): Price => {
      const own = segment.plan.prices[name];
      if (own && override !== undefined) return { kind: 'per_unit', unitPrice: override };
      return own ?? unpriced;
    };
    groups.set(rated.allowance, [...(groups.get(rated.allowance) ?? []), { rated, price }]);
  }
  return [...groups.values()];
}

/** A meter's quantity in each segment, in its unit. Of a peak, a segment adds only what exceeds the earlier ones. */
function quantitiesOf({ rated }: Member, { segments, periodSeconds }: Context): Decimal[] {
  let highest = zero;
  return segments.map((segment) => {
    // A list that does not price the meter does not bill it, or a byte would be billed twice.
    if (!(rated.meter in segment.plan.prices)) return zero;
    const base = segment.usage[rated.meter] ?? zero;
    const quantity = base.div(rated.baseUnits).div(rated.perMonth ? periodSeconds : 1);
    if (!rated.peak) return quantity;
    const added = Decimal.max(quantity.minus(highest), zero);
    highest = Decimal.max(highest, quantity);
    return added;
  });
}

function grantOf(name: string, segment: Segment, { periodSeconds, overrides }: Context): Decimal | null {
  const override = overrides.allowances[name];
  const seconds = secondsOf(segment);
  if (override === null) return null;
  const allowance: Allowance | undefined =
    override === undefined ? segment.plan.allowances[name] : { perPeriod: override };
  return granted(allowance, seconds, periodSeconds);
}

function groupLines(members: readonly Member[], context: Context): CostLine[] {
  const name = members[0]?.rated.allowance ?? '';
  const perMember = members.map((member) => quantitiesOf(member, context));
  const used = context.segments.map((_, s) => perMember.map((quantities) => quantities[s] ?? zero));
  const grants = context.segments.map((segment) => grantOf(name, segment, context));
  const included = shareAllowance(used, grants);
  const pool: Pool = {
    size: sum(grants.filter((g) => g !== null)),
    counts: grants.at(-1) === null ? null : grants.includes(null) ? 'after the plan without limit' : 'in the period',
    shared: members.length > 1,
  };
  return members.flatMap((member, m) => {
    const parts = context.segments.map((segment, s) => ({
      segment,
      quantity: perMember[m]?.[s] ?? zero,
      included: included[s]?.[m] ?? zero,
    }));
    return memberLines(member, parts, pool);
  });
}

/** What a period's allowance is, to say why a line is what it is. */
interface Pool {
  size: Decimal;
  /** When it counts: null is never, because the last plan of the period is without limit. */
  counts: string | null;
  shared: boolean;
}

interface Part {
  segment: Segment;
  quantity: Decimal;
  included: Decimal;
}

/** One line per price and tier; segments of one price are one line. */
function memberLines(member: Member, parts: readonly Part[], pool: Pool): CostLine[] {
  const { rated } = member;
  return runsOf(parts, (part) => JSON.stringify(member.price(part.segment))).flatMap((run) => {
    const price = member.price(run[0].segment);
    const quantity = sum(run.map((part) => part.quantity));
    const included = sum(run.map((part) => part.included));
    const billable = Decimal.max(quantity.minus(included), zero);
    return chargesOf(price, billable).flatMap((charge, i) => {
      const covered = i === 0 ? included : zero;
      if (charge.unitPrice === '0' && quantity.isZero()) return [];
      const shownQuantity = shown(charge.quantity.plus(covered));
      const shownIncluded = shown(covered);
      return [
        {
          meter: rated.meter,
          description: rated.description,
          quantity: shownQuantity.toString(),
          unit: rated.unit,
          included: shownIncluded.toString(),
          billable: Decimal.max(shownQuantity.minus(shownIncluded), zero).toString(),
          tier: charge.tier,
          unit_price: charge.unitPrice,
          amount_cents: toCents(charge.amount),
          reason: reasonOf(rated, charge.quantity, pool),
        },
      ];
    });
  });
}

function reasonOf(rated: RatedMeter, billable: Decimal, { size, counts, shared }: Pool): string {
  if (counts === null) return 'without limit in this plan';
  const units = rated.unit === 'GB' ? rated.unit : `${rated.unit}s`;
  const allowance = `${shown(size)} ${units}${shared ? ', shared,' : ''} included ${counts}`;
  return settled(billable).gt(0) ? `above ${allowance}` : `within ${allowance}`;
}

/** Neighbours with one key, in order. */
function runsOf<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const runs: { key: string; run: [T, ...T[]] }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const last = runs.at(-1);
    if (last?.key === key) last.run.push(item);
    else runs.push({ key, run: [item] });
  }
  return runs.map(({ run }) => run);
}
