/**
 * Lines of meters that add up (hours, bytes, requests) and draw on one allowance. Stretches with an equal price are one
 * charge, adjacent or not, so that a change there and back starts no tier anew (spec §3). Pure.
 */
import { Decimal, sum, zero } from '../lib/decimal.ts';
import type { Period } from '../periods/period.ts';
import { type Grant, grantsOf, shareAllowance } from './allowance.ts';
import { centsOf, type Line, lineId, type Why } from './line.ts';
import { allowanceOf, type Member, type MemberPrice, type RatedPeriod } from './member.ts';
import { chargesOf, isFree, priceKey } from './price.ts';
import { joined, type Stretch, secondsOf } from './stretch.ts';

/** The stretches that bill a meter at one price, with what they add up to. */
interface Portion extends MemberPrice {
  member: Member;
  stretches: readonly [Stretch, ...Stretch[]];
  quantity: Decimal;
  included: Decimal;
  /** Of `included` what came from the pool; the rest was used without limit. */
  drawn: Decimal;
  /** Whether each of the stretches is without limit. */
  unlimited: boolean;
  ownAllowance: boolean;
}

/** What the portions of an allowance share. */
interface Pool {
  size: Decimal;
  portions: readonly Portion[];
}

/** The lines of the meters that draw on one allowance. */
export function sumLines(members: readonly Member[], period: RatedPeriod): Line[] {
  const name = members[0]?.rated.allowance ?? '';
  const allowances = period.stretches.map((stretch) => ({
    ...allowanceOf(stretch, name),
    seconds: secondsOf(stretch),
  }));
  const grants = grantsOf(allowances, period.seconds);
  const used = period.stretches.map((_, s) => members.map((member) => member.quantities[s] ?? zero));
  const included = shareAllowance(used, grants);
  const shares = { ...period, allowances, grants };
  const portions = members.flatMap((member, m) => {
    const covered = included.map((quantities) => quantities[m] ?? zero);
    return pricesOf(member).map((at) => portionOf(member, at, covered, shares));
  });
  const pool: Pool = { size: sum(grants.map((grant) => grant.adds)), portions };
  return portions.flatMap((portion) => portionLines(portion, pool, period));
}

/** What stretches do to an allowance. */
interface Shares extends RatedPeriod {
  allowances: readonly { own: boolean }[];
  grants: readonly Grant[];
}

/** A meter in the stretches `at`, which have one price. @param included what is included of it, by stretch */
function portionOf(
  member: Member,
  at: readonly [number, ...number[]],
  included: readonly Decimal[],
  { stretches, allowances, grants }: Shares,
): Portion {
  const added = (indices: readonly number[], quantities: readonly Decimal[]): Decimal =>
    sum(indices.map((s) => quantities[s] ?? zero));
  const limited = at.filter((s) => !grants[s]?.unlimited);
  return {
    member,
    ...(member.prices[at[0]] as MemberPrice),
    own: at.some((s) => member.prices[s]?.own),
    stretches: at.map((s) => stretches[s]) as [Stretch, ...Stretch[]],
    quantity: added(at, member.quantities),
    included: added(at, included),
    drawn: added(limited, included),
    unlimited: limited.length === 0,
    ownAllowance: at.some((s) => allowances[s]?.own),
  };
}

/** The indices of the stretches that price a meter, a list a price, in time order. */
function pricesOf({ prices }: Member): [number, ...number[]][] {
  const priced = prices.flatMap((own, s) => (own === null ? [] : [{ s, key: priceKey(own.price) }]));
  return [...Map.groupBy(priced, ({ key }) => key).values()].map(
    (alike) => alike.map(({ s }) => s) as [number, ...number[]],
  );
}

function portionLines(portion: Portion, pool: Pool, period: RatedPeriod): Line[] {
  const { member, price, stretches } = portion;
  if (isFree(price) && portion.quantity.isZero()) return [];
  const [first] = stretches;
  const billable = Decimal.max(portion.quantity.minus(portion.included), zero);
  // One amount for the period is due for the part of it that has this price.
  const share = price.kind === 'flat' ? new Decimal(secondsOf(...stretches)).div(period.seconds) : new Decimal(1);
  return chargesOf(price, billable).map((charge, i) => {
    const covered = i === 0 ? portion.included : zero;
    const id = lineId(member.rated.meter, charge.key, first.start);
    return {
      id,
      meter: member.rated.meter,
      kind: 'usage' as const,
      from: first.start,
      to: stretches.at(-1)?.end ?? first.end,
      spans: spansOf(stretches),
      plan: first.plan.plan,
      version: first.plan.version,
      description: member.rated.description,
      unit: member.rated.unit,
      quantity: charge.quantity.plus(covered),
      included: covered,
      billable: charge.quantity,
      tier: charge.tier,
      unitPrice: new Decimal(charge.unitPrice).toString(),
      share,
      amountCents: centsOf(id, charge.amount.times(share)),
      ownPrice: portion.own,
      why: whyOf(portion, pool),
    };
  });
}

const spansOf = (stretches: readonly Stretch[]): Period[] =>
  joined(
    stretches.map(({ start, end }) => ({ start, end })),
    (a, b) => a.end === b.start,
    (a, b) => ({ start: a.start, end: b.end }),
  );

function whyOf(portion: Portion, { size, portions }: Pool): Why {
  if (isFree(portion.price)) return { kind: 'not_billed' };
  const { allowance } = portion.member.rated;
  if (portion.unlimited) return { kind: 'unlimited', allowance, own: portion.ownAllowance };
  return {
    kind: 'pool',
    allowance,
    size,
    own: portion.ownAllowance,
    unlimited: portion.included.minus(portion.drawn),
    others: portions
      .filter((other) => other !== portion && other.drawn.gt(0))
      .map(({ member, drawn }) => ({
        meter: member.rated.meter,
        description: member.rated.description,
        quantity: drawn,
      })),
  };
}
