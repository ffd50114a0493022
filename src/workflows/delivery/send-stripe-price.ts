/**
 * Makes the price of a plan version at Stripe, once, or binds the one that an operator has named (decision 31). A bound price must
 * be what the plan costs: another amount, currency or interval is refused by name, never billed.
 */
import type { Write } from '../../db/write.ts';
import { later, needless, never, type Sent } from '../../outbox/outbox.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { billedCurrency } from '../../pricing/publication.ts';
import { bindingOf, lookupKeyOf, pricesOf, type WantedPrice } from '../../pricing/stripe-price.ts';
import { keepStripePrice } from '../../pricing/stripe-price-store.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { StripePrice } from '../../stripe/prices.ts';
import type { Carriers, Sender } from './carriers.ts';
import { failed, sendIntent } from './stripe-intent.ts';

export const sendStripePrice: Sender = async (carriers, row) => {
  const { stripe, db, boundPrice } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const [plan, version] = [String(row.payload['plan']), String(row.payload['version'])];
  const wanted = pricesOf(versionOf(await findCatalogue(db), plan, version)).find(
    ({ interval }) => interval === row.payload['interval'],
  );
  if (!wanted) return needless('not_sold');
  const bound = boundPrice(bindingOf(wanted));
  if (bound !== null) return await bind(carriers, stripe, wanted, bound);
  const keep = (price: StripePrice) => [kept(wanted, price, 'made', carriers.now())];
  let made: StripePrice | null = null;
  return await sendIntent(carriers, row, {
    find: async () => {
      const found = await stripe.prices.find(lookupKeyOf(wanted));
      if (!found.ok) return found;
      made = found.value;
      return { ok: true, value: made?.id ?? null };
    },
    send: async (key) => {
      const created = await stripe.prices.create(
        { ...wanted, lookupKey: lookupKeyOf(wanted), currency: billedCurrency },
        key,
      );
      if (!created.ok) return created;
      made = created.value;
      return { ok: true, value: made.id };
    },
    settle: () => (made === null ? [] : keep(made)),
  });
};

const kept = (wanted: WantedPrice, price: StripePrice, source: 'made' | 'bound', now: number): Write =>
  keepStripePrice({
    plan: wanted.plan,
    planVersion: wanted.version,
    interval: wanted.interval,
    priceId: price.id,
    productId: price.productId,
    source,
    createdAt: now,
  });

async function bind({ now }: Carriers, stripe: StripePort, wanted: WantedPrice, priceId: string): Promise<Sent<Write>> {
  const found = await stripe.prices.fetch(priceId);
  if (!found.ok) return failed(found.error);
  const price = found.value;
  if (price.currency !== billedCurrency) return never('bound_price_currency');
  if (price.interval !== wanted.interval) return never('bound_price_interval');
  if (price.amountCents !== wanted.amountCents) return never('bound_price_amount');
  if (!price.active) return never('bound_price_inactive');
  return { outcome: 'ok', writes: [kept(wanted, price, 'bound', now())] };
}
