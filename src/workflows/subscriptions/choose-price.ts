/** Which version of a plan somebody gets who asks for it, and its price at Stripe. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { openVersions, soldVersions } from '../../pricing/catalogue.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { findPricesOf } from '../../subscriptions/price-store.ts';

export interface Wish {
  plan: string;
  interval: 'month' | 'year';
  /** The plans that may be had; null: those that say so themselves. */
  offered: readonly string[] | 'all' | null;
}

export interface Chosen {
  version: PlanVersion;
  priceId: string;
  interval: 'month' | 'year';
}

/** The customer's own version of the plan that it is on, else the one that is sold. */
export async function choosePrice(db: Db, { plan: own }: WholeCustomer, wish: Wish): Promise<Result<Chosen, Failure>> {
  const [catalogue, prices] = await Promise.all([findCatalogue(db), findPricesOf(db, wish.plan, wish.interval)]);
  const sold = soldVersions(catalogue).find(({ plan }) => plan === wish.plan);
  const open = openVersions(catalogue, wish.offered);
  const isOwn = own.plan === wish.plan;
  if (!sold && !isOwn) return err(noPlan(wish.plan, open));
  if (!isOwn && !open.some(({ plan }) => plan === wish.plan)) {
    return err({ code: 'plan_not_offered', message: `the plan ${wish.plan} is not on offer` });
  }
  const versions = [isOwn ? own : null, sold].filter((version) => version != null);
  for (const version of versions) {
    const price = prices.find(({ planVersion }) => planVersion === version.version);
    if (price) return ok({ version, priceId: price.priceId, interval: wish.interval });
  }
  return err(priceMissing(wish));
}

const noPlan = (asked: string, open: readonly PlanVersion[]): Failure => {
  const message = `there is no plan ${asked}; plans are ${open.map(({ plan }) => plan).join(', ') || 'not offered'}`;
  return { code: 'validation_failed', message, details: { issues: [{ path: 'plan', message }] } };
};

export const priceMissing = ({ plan, interval }: Pick<Wish, 'plan' | 'interval'>): Failure => ({
  code: 'price_missing',
  message: `the plan ${plan} has no price by the ${interval} at Stripe; an operator publishes it`,
});
