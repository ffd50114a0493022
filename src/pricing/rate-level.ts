/**
 * Lines of meters that are held (devices): each stretch by itself, its share of the period × what its peak exceeds its plan's
 * level by. Prices count for the peak, before it is prorated (spec §3). Pure.
 */
import { Decimal, sum, zero } from '../lib/decimal.ts';
import { splitByQuantity } from './allowance.ts';
import { centsOf, type Line, lineId, type Why } from './line.ts';
import { allowanceOf, type Member, type MemberPrice, type RatedPeriod } from './member.ts';
import type { Allowance } from './plan.ts';
import { chargesOf, isFree } from './price.ts';
import { type Stretch, secondsOf } from './stretch.ts';

/** A meter's peak in one stretch, and what of it is included. */
interface Held extends MemberPrice {
  member: Member;
  peak: Decimal;
  included: Decimal;
}

/** The level that an allowance includes; null is without limit. An hourly one includes that much at every hour. */
function levelOf(allowance: Allowance | undefined): Decimal | null {
  if (allowance === undefined) return zero;
  if (allowance === 'unlimited') return null;
  return new Decimal('perHour' in allowance ? allowance.perHour : allowance.perPeriod);
}

/** The lines of the levels that draw on one allowance: a line a meter and stretch, or a tier of it. */
export function levelLines(members: readonly Member[], period: RatedPeriod): Line[] {
  const name = members[0]?.rated.allowance ?? '';
  const parts = period.stretches.flatMap((stretch, s) => {
    const { allowance, own } = allowanceOf(stretch, name);
    const level = levelOf(allowance);
    const priced = members.flatMap((member) => {
      const price = member.prices[s];
      return price ? [{ ...price, member, peak: member.quantities[s] ?? zero }] : [];
    });
    const peaks = priced.map(({ peak }) => peak);
    const total = sum(peaks);
    const included = level === null || total.lte(level) ? peaks : splitByQuantity(level, peaks, total);
    const held = priced.map((one, i): Held => ({ ...one, included: included[i] ?? zero }));
    const share = new Decimal(secondsOf(stretch)).div(period.seconds);
    return held.map((one) => ({
      member: one.member,
      lines: heldLines(one, stretch, share, whyOf(one, held, level, own)),
    }));
  });
  // A meter's lines stand together.
  return members.flatMap((member) => parts.filter((part) => part.member === member).flatMap(({ lines }) => lines));
}

function whyOf(one: Held, held: readonly Held[], level: Decimal | null, own: boolean): Why {
  if (isFree(one.price)) return { kind: 'not_billed' };
  const { allowance } = one.member.rated;
  if (level === null) return { kind: 'unlimited', allowance, own };
  const others = held
    .filter((other) => other !== one && other.included.gt(0))
    .map(({ member, included }) => ({
      meter: member.rated.meter,
      description: member.rated.description,
      quantity: included,
    }));
  return { kind: 'level', allowance, peak: one.peak, included: level, own, others };
}

function heldLines(held: Held, stretch: Stretch, share: Decimal, why: Why): Line[] {
  const { member, price, peak, included } = held;
  if (isFree(price) && peak.isZero()) return [];
  return chargesOf(price, Decimal.max(peak.minus(included), zero)).map((charge, i) => {
    const covered = i === 0 ? included.times(share) : zero;
    const billable = charge.quantity.times(share);
    const id = lineId(member.rated.meter, charge.key, stretch.start);
    return {
      id,
      meter: member.rated.meter,
      kind: 'usage' as const,
      from: stretch.start,
      to: stretch.end,
      spans: [{ start: stretch.start, end: stretch.end }],
      plan: stretch.plan.plan,
      version: stretch.plan.version,
      description: member.rated.description,
      unit: member.rated.unit,
      quantity: billable.plus(covered),
      included: covered,
      billable,
      tier: charge.tier,
      unitPrice: new Decimal(charge.unitPrice).toString(),
      share,
      amountCents: centsOf(id, charge.amount.times(share)),
      ownPrice: held.own,
      why,
    };
  });
}
