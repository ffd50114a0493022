/**
 * The oracle: rating in exact fractions, written from the text of the specification (§3) and of docs/pricing.md, not from
 * src/pricing. It shares types and the table of meters with the product, no code.
 */
import { type RatedMeter, ratedMeters } from '../../src/pricing/meters.ts';
import type { Price } from '../../src/pricing/price.ts';
import type { RatedPlan } from '../../src/pricing/stretch.ts';
import { type Fraction, least, less, minus, most, none, over, parse, plus, times, total, whole } from './fraction.ts';
import { type Charged, costOf, nothingCosts, samePrice } from './price.ts';
import type { Story } from './story.ts';
import { type Part, partsOf } from './timeline.ts';

/** A line as the oracle says it should be. */
export interface TrueLine {
  id: string;
  from: number;
  to: number;
  quantity: Fraction;
  included: Fraction;
  billable: Fraction;
  unitPrice: Fraction;
  dollars: Fraction;
  ownPrice: boolean;
  /** The size of the allowance that the line draws on; null where it draws on none. */
  allowance: Fraction | null;
  /** What other lines took of it. */
  elsewhere: Fraction;
}

const meterOf = (plan: RatedPlan, meter: string): RatedMeter | undefined =>
  ratedMeters.get(meter) ?? plan.ownMeters[meter];

const lengthOf = ({ start, end }: { start: number; end: number }): Fraction => whole(end - start);
const hour = whole(3_600_000);
const second = whole(1000);

/** What a customer has of an allowance in a part: text of the plan or the customer's own. */
function allowanceIn(part: Part, name: string) {
  const own = part.own.allowances[name];
  if (own === null) return 'unlimited' as const;
  return own === undefined ? part.plan.allowances[name] : { perPeriod: own };
}

function priceIn(part: Part, meter: string): { price: Price; own: boolean } | null {
  const listed = part.plan.prices[meter];
  if (!listed) return null;
  const own = part.own.prices[meter];
  return own === undefined ? { price: listed, own: false } : { price: { kind: 'per_unit', unitPrice: own }, own: true };
}

/** All lines of a story. */
export function truthOf(story: Story): TrueLine[] {
  const parts = partsOf(story, (plan, meter) => meterOf(plan, meter)?.addsUp === 'level');
  const period = lengthOf(story.period);
  const meters = [...new Set(parts.flatMap((part) => Object.keys(part.plan.prices)))].map((name) => {
    const found = parts.map((part) => meterOf(part.plan, name)).find((one) => one !== undefined);
    if (!found) throw new Error(`${name} is no meter`);
    return found;
  });
  const sums = Map.groupBy(
    meters.filter((meter) => meter.addsUp === 'sum'),
    (meter) => meter.allowance,
  );
  const levels = Map.groupBy(
    meters.filter((meter) => meter.addsUp === 'level'),
    (meter) => meter.allowance,
  );
  return [
    ...fees(story, parts, period),
    ...[...sums.values()].flatMap((shared) => sumLines(shared, parts, period)),
    ...[...levels.values()].flatMap((shared) => parts.flatMap((part) => levelLines(shared, part, period))),
  ];
}

/** The plan's own price for its share of the period; a trial has none. */
function fees(story: Story, parts: readonly Part[], period: Fraction): TrueLine[] {
  const runs: { part: Part; end: number; price: Fraction; own: boolean }[] = [];
  for (const part of parts) {
    const own = part.own.prices['base_fee'];
    const price = parse(own ?? part.plan.fee);
    const last = runs.at(-1);
    const goesOn = last && last.part.plan === part.plan && last.own === (own !== undefined);
    if (goesOn && minus(last.price, price).n === 0n) last.end = part.end;
    else runs.push({ part, end: part.end, price, own: own !== undefined });
  }
  return runs.map(({ part, end, price, own }) => {
    const share = over(whole(end - part.start), period);
    const isFree = story.period.kind === 'trial' || part.plan.interval === 'year';
    return {
      id: idOf('base_fee', '-', part.start),
      from: part.start,
      to: end,
      quantity: share,
      included: isFree ? share : none,
      billable: isFree ? none : share,
      unitPrice: price,
      dollars: isFree ? none : times(share, price),
      ownPrice: own,
      allowance: null,
      elsewhere: none,
    };
  });
}

const idOf = (meter: string, tier: string, from: number): string => `${meter}/${tier}/${new Date(from).toISOString()}`;

/** What a limited allowance gives for a time. */
function givenFor(allowance: ReturnType<typeof allowanceIn>, length: Fraction, period: Fraction): Fraction {
  if (allowance === undefined || allowance === 'unlimited') return none;
  if ('perHour' in allowance) return times(parse(allowance.perHour), over(length, hour));
  return times(parse(allowance.perPeriod), over(length, period));
}

/** The pool of the period: parts without limit add what the limited part before them, else after them, would have. */
function poolOf(parts: readonly Part[], name: string, period: Fraction): Fraction {
  return total(
    parts.map((part, i) => {
      let at = i;
      while (at >= 0 && allowanceIn(parts[at] as Part, name) === 'unlimited') at--;
      if (at < 0) at = parts.findIndex((one) => allowanceIn(one, name) !== 'unlimited');
      return at < 0 ? none : givenFor(allowanceIn(parts[at] as Part, name), lengthOf(part), period);
    }),
  );
}

interface Share {
  used: Fraction;
  included: Fraction;
  drawn: Fraction;
}

function sumLines(meters: readonly RatedMeter[], parts: readonly Part[], period: Fraction): TrueLine[] {
  const name = meters[0]?.allowance ?? '';
  const size = poolOf(parts, name, period);
  const unitsOf = (meter: RatedMeter, part: Part): Fraction => {
    if (!(meter.meter in part.plan.prices)) return none;
    const units = over(whole(part.used[meter.meter] ?? 0n), whole(meter.baseUnits));
    return meter.perMonth ? over(units, over(period, second)) : units;
  };
  let before = none;
  const shares = parts.map((part): Share[] => {
    const used = meters.map((meter) => unitsOf(meter, part));
    if (allowanceIn(part, name) === 'unlimited') return used.map((u) => ({ used: u, included: u, drawn: none }));
    const after = plus(before, total(used));
    const covered = minus(least(after, size), least(before, size));
    const all = total(used);
    before = after;
    return used.map((u) => {
      const drawn = all.n === 0n ? none : over(times(covered, u), all);
      return { used: u, included: drawn, drawn };
    });
  });
  const taken = total(shares.flat().map((share) => share.drawn));
  return meters.flatMap((meter, m) => {
    const bills: { price: Price; own: boolean; at: number[] }[] = [];
    for (const [i, part] of parts.entries()) {
      const here = priceIn(part, meter.meter);
      if (!here) continue;
      const alike = bills.find((bill) => samePrice(bill.price, here.price));
      if (!alike) bills.push({ ...here, at: [i] });
      else {
        alike.at.push(i);
        alike.own ||= here.own;
      }
    }
    return bills.flatMap(({ price, own, at }) => {
      const of = (what: (share: Share) => Fraction) => total(at.map((i) => what(shares[i]?.[m] as Share)));
      const used = of((share) => share.used);
      if (used.n === 0n && nothingCosts(price)) return [];
      const included = of((share) => share.included);
      const time = total(at.map((i) => lengthOf(parts[i] as Part)));
      const scale = price.kind === 'flat' ? over(time, period) : whole(1);
      const free = at.every((i) => allowanceIn(parts[i] as Part, name) === 'unlimited');
      const facts = {
        from: parts[at[0] as number]?.start ?? 0,
        to: parts[at.at(-1) as number]?.end ?? 0,
        own,
        allowance: free || nothingCosts(price) ? null : size,
        elsewhere: minus(
          taken,
          of((share) => share.drawn),
        ),
      };
      return linesOf(meter.meter, costOf(price, minus(used, included)), included, whole(1), scale, facts);
    });
  });
}

function levelLines(meters: readonly RatedMeter[], part: Part, period: Fraction): TrueLine[] {
  const priced = meters.filter((meter) => meter.meter in part.plan.prices);
  const name = meters[0]?.allowance ?? '';
  const allowance = allowanceIn(part, name);
  const peaks = priced.map((meter) => over(whole(part.used[meter.meter] ?? 0n), whole(meter.baseUnits)));
  const all = total(peaks);
  const level =
    allowance === 'unlimited'
      ? null
      : parse(allowance === undefined ? '0' : 'perHour' in allowance ? allowance.perHour : allowance.perPeriod);
  const covered = level === null ? all : least(level, all);
  const share = over(lengthOf(part), period);
  return priced.flatMap((meter, i) => {
    const { price, own } = priceIn(part, meter.meter) as { price: Price; own: boolean };
    const peak = peaks[i] ?? none;
    if (peak.n === 0n && nothingCosts(price)) return [];
    const included = all.n === 0n ? none : over(times(covered, peak), all);
    const charged = costOf(price, most(minus(peak, included), none));
    const facts = {
      from: part.start,
      to: part.end,
      own,
      allowance: level === null || nothingCosts(price) ? null : level,
      elsewhere: minus(covered, included),
    };
    return linesOf(meter.meter, charged, included, share, share, facts);
  });
}

interface Facts {
  from: number;
  to: number;
  own: boolean;
  allowance: Fraction | null;
  elsewhere: Fraction;
}

/** Lines of a price's charges: quantities × `part`, dollars × `scale`; the first has what is included. */
function linesOf(
  meter: string,
  charged: readonly Charged[],
  included: Fraction,
  part: Fraction,
  scale: Fraction,
  { from, to, own, allowance, elsewhere }: Facts,
): TrueLine[] {
  return charged.map((one, i) => {
    const covered = i === 0 ? included : none;
    if (less(one.quantity, none)) throw new Error('a negative quantity');
    return {
      id: idOf(meter, one.tier, from),
      from,
      to,
      quantity: times(plus(one.quantity, covered), part),
      included: times(covered, part),
      billable: times(one.quantity, part),
      unitPrice: one.unitPrice,
      dollars: times(one.dollars, scale),
      ownPrice: own,
      allowance,
      elsewhere: allowance === null ? none : elsewhere,
    };
  });
}
