/** What is made, looked at, changed and taken away: catalogue, customers and their cards, codes, meters, events. */
import { type Chapter, day, hour, refusalOf } from './book.ts';
import { makeCustomer, makePrices, periodEnd } from './cast.ts';

const catalogue: Chapter = {
  name: 'products and prices',
  async live({ stripe, tell, unique }) {
    const product = await stripe.products.create({ name: unique('Plan'), metadata: { plan: 'starter' } });
    const renamed = await stripe.products.update(product.id, { name: unique('Plan two'), description: 'Two' });
    tell('changed', renamed.description);
    const lookup_key = unique('starter_month');
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 2900,
      lookup_key,
      tax_behavior: 'exclusive',
      recurring: { interval: 'month' },
    });
    tell(
      'by its key',
      (await stripe.prices.list({ lookup_keys: [lookup_key] })).data.map(({ id }) => id === price.id),
    );
    tell('switched off', (await stripe.prices.update(price.id, { active: false })).active);
    tell('read', (await stripe.prices.retrieve(price.id, { expand: ['product'] })).product instanceof Object);
    tell('a product with prices stays', await refusalOf(stripe.products.del(product.id)));
    const without = await stripe.products.create({ name: unique('Nothing') });
    tell('one without goes', (await stripe.products.del(without.id)).deleted);
    tell('listed', (await stripe.products.list({ ids: [product.id], limit: 3 })).data.length);
    tell('one of them', (await stripe.products.retrieve(product.id)).metadata);
  },
};

const cards: Chapter = {
  name: 'cards on file',
  async live(scene) {
    const { stripe, tell } = scene;
    const customer = await makeCustomer(scene);
    const loose = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' } });
    tell('of a token', [loose.card?.brand, loose.customer]);
    const { data } = await stripe.paymentMethods.list({ customer, type: 'card' });
    tell(
      'listed',
      data.map(({ card }) => [card?.brand, card?.last4]),
    );
    tell('listed with the customer', (await stripe.customers.listPaymentMethods(customer)).data.length);
    const [card] = data;
    if (card === undefined) throw new Error('there is no card');
    tell('read', (await stripe.paymentMethods.retrieve(card.id)).type);
    tell('taken off', (await stripe.paymentMethods.detach(card.id)).customer);
    tell('listed after it', (await stripe.paymentMethods.list({ customer })).data.length);
  },
};

const customers: Chapter = {
  name: 'customers',
  async live(scene) {
    const { stripe, tell, unique } = scene;
    const email = `${unique('one')}@customers.example.com`;
    const id = await makeCustomer(scene, null, { email, metadata: { tenantry_customer_id: unique('cust') } });
    const address = { line1: 'Ring 1', city: 'Wien', postal_code: '1010', country: 'AT' };
    const changed = await stripe.customers.update(id, {
      address,
      phone: '+43 1',
      tax_exempt: 'reverse',
      metadata: { tenantry_customer_id: '' },
    });
    tell('changed', { country: changed.address?.country, exempt: changed.tax_exempt, metadata: changed.metadata });
    tell('by email', (await stripe.customers.list({ email })).data.length);
    const taxId = await stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'ATU12345678' });
    tell('a tax id', { type: taxId.type, value: taxId.value });
    tell('a wrong one', await refusalOf(stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'nonsense' })));
    tell('tax ids', (await stripe.customers.listTaxIds(id)).data.length);
    tell('one', (await stripe.customers.retrieveTaxId(id, taxId.id)).type);
    tell('taken away', (await stripe.customers.deleteTaxId(id, taxId.id)).deleted);
    await stripe.customers.search({ query: `email:'${email}'` });
  },
};

const promotions: Chapter = {
  name: 'coupons and codes',
  async live({ stripe, tell, unique }) {
    const coupon = await stripe.coupons.create({
      amount_off: 500,
      currency: 'usd',
      duration: 'repeating',
      duration_in_months: 3,
    });
    tell('a coupon', { duration: coupon.duration, months: coupon.duration_in_months, valid: coupon.valid });
    tell('renamed', (await stripe.coupons.update(coupon.id, { name: 'Five' })).name);
    tell('coupons', (await stripe.coupons.list({ limit: 1 })).data.length);
    const code = unique('FIVE').toUpperCase().replaceAll('-', '');
    const made = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code });
    tell('by its code', (await stripe.promotionCodes.list({ code })).data.length);
    tell(
      'the same code again',
      await refusalOf(stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code })),
    );
    tell('switched off', (await stripe.promotionCodes.update(made.id, { active: false })).active);
    await stripe.coupons.retrieve(coupon.id);
    tell('a coupon goes', (await stripe.coupons.del(coupon.id)).deleted);
  },
};

const meters: Chapter = {
  name: 'meters',
  async live(scene) {
    const { stripe, clock, tell, unique } = scene;
    const customer = await makeCustomer(scene);
    const event_name = unique('overage').replaceAll('-', '_');
    const meter = await stripe.billing.meters.create({
      display_name: 'Overage',
      event_name,
      default_aggregation: { formula: 'sum' },
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      value_settings: { event_payload_key: 'value' },
    });
    tell('made', { status: meter.status, formula: meter.default_aggregation.formula });
    const event = { event_name, payload: { stripe_customer_id: customer, value: '25' }, identifier: unique('event') };
    const first = await stripe.billing.meterEvents.create({ ...event, timestamp: clock.now() });
    tell('an event', first.payload['value']);
    tell('the same again', await refusalOf(stripe.billing.meterEvents.create({ ...event, timestamp: clock.now() })));
    const old = { ...event, identifier: unique('old'), timestamp: clock.now() - 36 * day };
    tell('of 36 days ago', await refusalOf(stripe.billing.meterEvents.create(old)));
    const hours = {
      start_time: clock.now() - (clock.now() % hour) - day,
      end_time: clock.now() - (clock.now() % hour) + hour,
    };
    const sums = await stripe.billing.meters.listEventSummaries(meter.id, { customer, ...hours });
    tell('sums', sums.data.length <= 1);
    tell('meters', (await stripe.billing.meters.list({ limit: 1 })).data.length);
    tell('one', (await stripe.billing.meters.retrieve(meter.id)).display_name);
    tell('switched off', (await stripe.billing.meters.deactivate(meter.id)).status);
  },
};

const events: Chapter = {
  name: 'the list of events',
  async live(scene) {
    const { stripe, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await stripe.subscriptions.update(made.id, { metadata: { a: 'b' } });
    const [updated] = (await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })).data;
    if (updated === undefined) throw new Error('there is no event');
    tell('what changed', updated.data.previous_attributes);
    tell('the same by its id', (await stripe.events.retrieve(updated.id)).id === updated.id);
    tell('of our own call', updated.request?.id !== null);
    tell('the period', periodEnd(made) > made.created);
  },
};

export const thingChapters: readonly Chapter[] = [catalogue, cards, customers, promotions, meters, events];
