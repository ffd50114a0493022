/** The lines of the plan's own price: a line a plan version and price, prorated by seconds. Pure. */
import { Decimal, zero } from '../lib/decimal.ts';
import { centsOf, type Line, lineId, type Why } from './line.ts';
import type { RatedPeriod } from './member.ts';
import { baseFeeMeter } from './meters.ts';
import { joined, type PeriodKind, type RatedPlan, type Stretch, secondsOf } from './stretch.ts';

interface Fee {
  start: number;
  end: number;
  plan: RatedPlan;
  price: string;
  own: boolean;
}

function feeOf({ start, end, plan, overrides }: Stretch): Fee {
  const own = overrides.prices[baseFeeMeter];
  return { start, end, plan, price: new Decimal(own ?? plan.fee).toString(), own: own !== undefined };
}

const oneFee = (a: Fee, b: Fee): boolean =>
  a.plan.plan === b.plan.plan && a.plan.version === b.plan.version && a.price === b.price && a.own === b.own;

/** A trial's fee is included; a yearly one is Stripe's own item and no part of a period of usage. */
function whyOf({ plan }: Fee, kind: PeriodKind): Extract<Why, { kind: 'fee' | 'trial_fee' | 'yearly_fee' }> {
  if (kind === 'trial') return { kind: 'trial_fee' };
  return plan.interval === 'year' ? { kind: 'yearly_fee' } : { kind: 'fee' };
}

/** The fees of a period, in time order. */
export function feeLines({ stretches, seconds }: RatedPeriod, kind: PeriodKind): Line[] {
  return joined(stretches.map(feeOf), oneFee, (a, b) => ({ ...a, end: b.end })).map((fee) => {
    const { plan } = fee;
    const why = whyOf(fee, kind);
    const share = new Decimal(secondsOf(fee)).div(seconds);
    const billable = why.kind === 'fee' ? share : zero;
    const id = lineId(baseFeeMeter, '-', fee.start);
    return {
      id,
      meter: baseFeeMeter,
      kind: 'fee' as const,
      from: fee.start,
      to: fee.end,
      spans: [{ start: fee.start, end: fee.end }],
      plan: plan.plan,
      version: plan.version,
      description: `${plan.name} plan`,
      unit: plan.interval,
      quantity: share,
      included: share.minus(billable),
      billable,
      tier: null,
      unitPrice: fee.price,
      share,
      amountCents: centsOf(id, billable.times(fee.price)),
      ownPrice: fee.own,
      why,
    };
  });
}
