/** Everything else that is made, looked at, changed and taken away. */
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

const invoicesByHand: Chapter = {
  name: 'invoices by hand',
  async live(scene) {
    const { stripe, tell } = scene;
    const customer = await makeCustomer(scene);
    const make = async (amount: number) => {
      const { id } = await stripe.invoices.create({
        customer,
        auto_advance: false,
        pending_invoice_items_behavior: 'exclude',
      });
      const item = await stripe.invoiceItems.create({
        customer,
        invoice: id,
        amount,
        currency: 'usd',
        description: 'By hand',
      });
      await stripe.invoiceItems.retrieve(item.id);
      return id;
    };
    const thrownAway = await make(100);
    tell('a draft goes', (await stripe.invoices.del(thrownAway)).deleted);
    const voided = await stripe.invoices.finalizeInvoice(await make(200));
    tell('finalised', { status: voided.status, due: voided.amount_due, numbered: voided.number !== null });
    tell('voided', (await stripe.invoices.voidInvoice(voided.id)).status);
    const lost = await stripe.invoices.finalizeInvoice(await make(300));
    tell('given up', (await stripe.invoices.markUncollectible(lost.id)).status);
    tell('paid after all', (await stripe.invoices.pay(lost.id)).status);
    tell('paid twice', await refusalOf(stripe.invoices.pay(lost.id)));
    const many = await make(1);
    const lines = Array.from({ length: 12 }, (_, index) => ({ amount: index + 1, description: `Line ${index}` }));
    const added = await stripe.invoices.addLines(many, { lines });
    tell('the first page of lines', added.lines.data.length);
    const all: number[] = [];
    for await (const line of stripe.invoices.listLineItems(many, { limit: 5 })) all.push(line.amount);
    tell(
      'all lines',
      all.reduce((sum, amount) => sum + amount, 0),
    );
    const [last] = added.lines.data;
    const removed = await stripe.invoices.removeLines(many, { lines: [{ id: last?.id ?? '', behavior: 'delete' }] });
    tell('without one', removed.total < added.total);
    const sent = await stripe.invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: 14,
      pending_invoice_items_behavior: 'exclude',
    });
    await stripe.invoiceItems.create({ customer, invoice: sent.id, amount: 700, currency: 'usd' });
    tell('sent', (await stripe.invoices.sendInvoice(sent.id)).status);
    const note = await stripe.creditNotes.create({ invoice: sent.id, amount: 100 });
    tell('a credit note before it is paid', {
      type: note.type,
      left: (await stripe.invoices.retrieve(sent.id)).amount_remaining,
    });
    tell('voided again', (await stripe.creditNotes.voidCreditNote(note.id)).status);
    const loose = await stripe.invoiceItems.create({ customer, amount: 50, currency: 'usd' });
    tell('waiting items', (await stripe.invoiceItems.list({ customer, pending: true })).data.length);
    tell('one goes', (await stripe.invoiceItems.del(loose.id)).deleted);
    const payments = await stripe.invoicePayments.list({ invoice: lost.id });
    tell(
      'what paid it',
      payments.data.map(({ status, amount_paid }) => ({ status, amount_paid })),
    );
    const payment = await stripe.invoicePayments.retrieve(payments.data[0]?.id ?? '');
    const intent = await stripe.paymentIntents.retrieve(String(payment.payment.payment_intent));
    tell('its intent', { status: intent.status, received: intent.amount_received });
    tell('intents', (await stripe.paymentIntents.list({ customer })).data.length > 0);
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

const moneyBack: Chapter = {
  name: 'money that goes back',
  async live(scene) {
    const { stripe, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    const [invoice] = (await stripe.invoices.list({ customer, status: 'paid' })).data;
    const [charge] = (await stripe.charges.list({ customer })).data;
    if (invoice === undefined || charge === undefined) throw new Error('nothing was paid');
    const refund = await stripe.refunds.create({ charge: charge.id, reason: 'requested_by_customer' });
    tell('refunds', (await stripe.refunds.list({ charge: charge.id })).data.length);
    tell('one', (await stripe.refunds.retrieve(refund.id)).status);
    tell('more than there is', await refusalOf(stripe.refunds.create({ charge: charge.id })));
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 100, credit_amount: 100 });
    tell('credit notes', (await stripe.creditNotes.list({ invoice: invoice.id })).data.length);
    tell('one of them', (await stripe.creditNotes.retrieve(note.id)).status);
    tell('disputes', (await stripe.disputes.list({ charge: charge.id })).data.length);
  },
};

const schedules: Chapter = {
  name: 'schedules',
  async live(scene) {
    const { stripe, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: made.id });
    tell('read', (await stripe.subscriptionSchedules.retrieve(schedule.id)).status);
    tell('listed', (await stripe.subscriptionSchedules.list({ customer })).data.length);
    tell('two at once', await refusalOf(stripe.subscriptionSchedules.create({ from_subscription: made.id })));
    tell(
      'with it the plan is not changed',
      await refusalOf(stripe.subscriptions.update(made.id, { cancel_at_period_end: true })),
    );
    tell('canceled', (await stripe.subscriptionSchedules.cancel(schedule.id)).status);
    tell('the subscription with it', (await stripe.subscriptions.retrieve(made.id)).status);
  },
};

const checkout: Chapter = {
  name: 'a Checkout session that nobody uses',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene, null)];
    const ask = {
      mode: 'subscription' as const,
      customer,
      line_items: [{ price: prices.starter, quantity: 1 }],
      success_url: 'https://seller.example/done?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://seller.example/back',
    };
    const made = await stripe.checkout.sessions.create({
      ...ask,
      subscription_data: { trial_end: clock.now() + 5 * day },
    });
    tell('made', { status: made.status, payment: made.payment_status, mode: made.mode, page: made.url !== null });
    tell(
      'its items',
      (await stripe.checkout.sessions.listLineItems(made.id)).data.map(({ amount_total, quantity }) => ({
        amount_total,
        quantity,
      })),
    );
    tell(
      'less than two days',
      await refusalOf(
        stripe.checkout.sessions.create({ ...ask, subscription_data: { trial_end: clock.now() + 47 * hour } }),
      ),
    );
    tell('ended', (await stripe.checkout.sessions.expire(made.id)).status);
    tell('read', (await stripe.checkout.sessions.retrieve(made.id)).url);
    tell('ended twice', await refusalOf(stripe.checkout.sessions.expire(made.id)));
    tell('listed', (await stripe.checkout.sessions.list({ customer })).data.length);
  },
};

const portal: Chapter = {
  name: 'the portal',
  async live(scene) {
    const { stripe, tell, unique } = scene;
    const customer = await makeCustomer(scene);
    const configuration = await stripe.billingPortal.configurations.create({
      name: unique('portal').slice(0, 20),
      features: {
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, mode: 'at_period_end' },
      },
    });
    tell('set up', configuration.features.subscription_cancel.mode);
    const session = await stripe.billingPortal.sessions.create({
      customer,
      configuration: configuration.id,
      return_url: 'https://seller.example/billing',
    });
    tell('a visit', session.return_url);
    tell('read', (await stripe.billingPortal.configurations.retrieve(configuration.id)).active);
    tell(
      'switched off',
      (await stripe.billingPortal.configurations.update(configuration.id, { active: false })).active,
    );
    tell('listed', (await stripe.billingPortal.configurations.list({ limit: 1 })).data.length);
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

export const thingChapters: readonly Chapter[] = [
  catalogue,
  cards,
  customers,
  invoicesByHand,
  promotions,
  moneyBack,
  schedules,
  checkout,
  portal,
  meters,
  events,
];
