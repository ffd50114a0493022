/** The prices that a plan version has at Stripe: one an interval that it is sold by. Pure. */
import { Decimal, toCents } from '../lib/decimal.ts';
import type { PlanVersion } from './plan.ts';

export type Interval = 'month' | 'year';

/** One price of a version, as Stripe is to have it. */
export interface WantedPrice {
  plan: string;
  version: string;
  /** For people: the plan's name, which is the product's. */
  name: string;
  interval: Interval;
  amountCents: number;
}

/** What a version is sold for, by interval. */
export function pricesOf({ plan, version, name, fee, interval, annualFee }: PlanVersion): WantedPrice[] {
  const price = (by: Interval, dollars: string): WantedPrice => ({
    plan,
    version,
    name,
    interval: by,
    amountCents: toCents(new Decimal(dollars)),
  });
  const own = price(interval, fee);
  return interval === 'month' && annualFee !== undefined ? [own, price('year', annualFee)] : [own];
}

/** The price that a plan's version is sold for by an interval, as it stands in the catalogue; undefined where none is. */
export const priceIn = (
  versions: readonly { definition: PlanVersion }[],
  sold: { plan: string; planVersion: string; interval: Interval },
): WantedPrice | undefined =>
  versions
    .flatMap(({ definition }) => pricesOf(definition))
    .find(
      ({ plan, version, interval }) => plan === sold.plan && version === sold.planVersion && interval === sold.interval,
    );

/** What Stripe finds the price by, whoever made it: no two prices of an account share one. */
export const lookupKeyOf = ({ plan, version, interval }: Pick<WantedPrice, 'plan' | 'version' | 'interval'>): string =>
  `tenantry:${plan}:${version}:${interval}`;

/** The variable that binds a plan's monthly price, or its yearly one: `STRIPE_PRICE_STARTER`, `STRIPE_PRICE_STARTER_YEAR`. */
export const bindingOf = ({ plan, interval }: Pick<WantedPrice, 'plan' | 'interval'>): string =>
  `STRIPE_PRICE_${plan.toUpperCase().replaceAll('-', '_')}${interval === 'year' ? '_YEAR' : ''}`;
