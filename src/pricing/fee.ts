/** The lines of the plan's own price: a line a plan version and price, prorated by seconds. Pure. */
import { Decimal, zero } from '../lib/decimal.ts';
import type { PeriodKind } from '../periods/period.ts';
import { centsOf, type Line, lineId, type Why } from './line.ts';
import type { RatedPeriod } from './member.ts';
import { baseFeeMeter } from './meters.ts';
import { joined, type RatedPlan, type Stretch, secondsOf } from './stretch.ts';

/** What of a period decides who asks for the fee. */
export interface FeePeriod {
  kind: PeriodKind;
  /** Whether it is a month of a year that is paid for as a whole. */
  ofYear?: boolean;
}

interface Fee {
  start: number;
  end: number;
  plan: RatedPlan;
  interval: 'month' | 'year';
  price: string;
  own: boolean;
}

function feeOf({ start, end, plan, overrides }: Stretch, ofYear: boolean): Fee {
  const { interval, fee, annualFee } = plan;
  // The price of its own that a customer has is of the plan's interval.
  if (ofYear && interval === 'month' && annualFee !== undefined)
    return { start, end, plan, interval: 'year', price: new Decimal(annualFee).toString(), own: false };
  const own = overrides.prices[baseFeeMeter];
  return { start, end, plan, interval, price: new Decimal(own ?? fee).toString(), own: own !== undefined };
}

const oneFee = (a: Fee, b: Fee): boolean =>
  a.plan.plan === b.plan.plan && a.plan.version === b.plan.version && a.price === b.price && a.own === b.own;

/** A trial's fee is included; a yearly one is Stripe's own item and no part of a period of usage. */
function whyOf(
  { interval }: Fee,
  { kind, ofYear }: FeePeriod,
): Extract<Why, { kind: 'fee' | 'trial_fee' | 'yearly_fee' }> {
  if (kind === 'trial') return { kind: 'trial_fee' };
  return ofYear || interval === 'year' ? { kind: 'yearly_fee' } : { kind: 'fee' };
}

/** The fees of a period, in time order. */
export function feeLines({ stretches, seconds }: RatedPeriod, period: FeePeriod): Line[] {
  const fees = stretches.map((stretch) => feeOf(stretch, period.ofYear ?? false));
  return joined(fees, oneFee, (a, b) => ({ ...a, end: b.end })).map((fee) => {
    const { plan } = fee;
    const why = whyOf(fee, period);
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
      unit: fee.interval,
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
