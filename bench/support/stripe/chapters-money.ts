/** Invoices and payments: the renewal's draft, cards that fail, invoices that are sent, discounts, refunds, refusals. */
import { type Chapter, day, hour, refusalOf } from './book.ts';
import { invoicesOf, makeCustomer, makePrices, payWith, periodEnd, subscriptionFacts } from './cast.ts';

const renewal: Chapter = {
  name: "a renewal's draft takes lines until it is finalised",
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await clock.to(periodEnd(made) + 60);
    const [draft] = (await stripe.invoices.list({ subscription: made.id, status: 'draft' })).data;
    if (draft === undefined) throw new Error('there is no draft');
    tell('the draft', { reason: draft.billing_reason, advances: draft.auto_advance, subscription: draft.parent?.type });
    tell('it is finalised by itself', draft.automatically_finalizes_at !== null);
    const held = await stripe.invoices.update(draft.id, {
      auto_advance: true,
      automatically_finalizes_at: draft.created + 6 * hour,
    });
    tell('held', (held.automatically_finalizes_at ?? 0) - draft.created);
    await clock.to(draft.created + 2 * hour);
    tell('after two hours', (await stripe.invoices.retrieve(draft.id)).status);
    const lines = [120, 345].map((amount) => ({ amount, description: 'Overage', discountable: false }));
    const added = await stripe.invoices.addLines(draft.id, { lines }, { idempotencyKey: scene.unique('lines') });
    tell('with lines', { total: added.total, lines: added.lines.data.length });
    await clock.to(draft.created + 8 * hour);
    const after = await stripe.invoices.retrieve(draft.id);
    tell('after the deadline', { status: after.status, paid: after.amount_paid, number: after.number !== null });
    tell('changed after that', await refusalOf(stripe.invoices.addLines(draft.id, { lines })));
  },
};

const cardFails: Chapter = {
  name: 'a card fails at a renewal, and another pays',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await payWith(stripe, customer, 'pm_card_chargeCustomerFail');
    await clock.to(periodEnd(made) + 2 * hour);
    const late = await stripe.subscriptions.retrieve(made.id, { expand: ['latest_invoice'] });
    tell('after the renewal', subscriptionFacts(late));
    const invoice = late.latest_invoice;
    if (invoice === null || typeof invoice === 'string') throw new Error('there is no invoice');
    tell('its invoice', {
      status: invoice.status,
      attempted: invoice.attempted,
      tries_again: invoice.next_payment_attempt !== null,
    });
    tell('paid with the same card', await refusalOf(stripe.invoices.pay(invoice.id)));
    await payWith(stripe, customer, 'pm_card_visa');
    tell('paid with another', (await stripe.invoices.pay(invoice.id)).status);
    tell('after that', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
  },
};

const firstPayment: Chapter = {
  name: 'a first payment that needs the customer leaves it incomplete',
  async live(scene) {
    const { stripe, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene, 'pm_card_authenticationRequired')];
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    tell('begun', subscriptionFacts(made));
    const errorIfIncomplete = stripe.subscriptions.create({
      customer,
      items: [{ price: prices.starter }],
      payment_behavior: 'error_if_incomplete',
    });
    tell('with error_if_incomplete', await refusalOf(errorIfIncomplete));
    await payWith(stripe, customer, 'pm_card_visa');
    await stripe.invoices.pay(String(made.latest_invoice));
    tell('paid with another card', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
  },
};

const declinedCards: Chapter = {
  name: 'cards that are declined when they are put on file',
  async live(scene) {
    const { stripe, tell } = scene;
    const customer = await makeCustomer(scene, null);
    for (const card of ['pm_card_visa_chargeDeclined', 'pm_card_visa_chargeDeclinedInsufficientFunds']) {
      tell(card, await refusalOf(stripe.paymentMethods.attach(card, { customer })));
    }
  },
};

const sentInvoice: Chapter = {
  name: 'an invoice that is sent becomes overdue',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene, null)];
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: prices.starter }],
      collection_method: 'send_invoice',
      days_until_due: 10,
    });
    tell('begun', subscriptionFacts(made));
    await clock.to(clock.now() + 2 * hour);
    tell('invoices', await invoicesOf(stripe, customer));
    await clock.to(clock.now() + 11 * day);
    tell('after it was due', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
    const [invoice] = (await stripe.invoices.list({ customer, status: 'open' })).data;
    if (invoice === undefined) throw new Error('there is no open invoice');
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    tell('paid another way', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
  },
};

const discounts: Chapter = {
  name: 'a promotion code takes its share, not of lines that are no discount’s',
  async live(scene) {
    const { stripe, tell, unique } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'once', name: unique('Twenty') });
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: unique('TWENTY').toUpperCase().replaceAll('-', ''),
    });
    tell('the code', { active: code.active, redeemed: code.times_redeemed });
    await stripe.invoiceItems.create({
      customer,
      amount: 1000,
      currency: 'usd',
      discountable: false,
      description: 'Overage',
    });
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: prices.starter }],
      discounts: [{ promotion_code: code.id }],
      expand: ['latest_invoice'],
    });
    const invoice = made.latest_invoice;
    if (invoice === null || typeof invoice === 'string') throw new Error('there is no invoice');
    tell('its sums', { subtotal: invoice.subtotal, total: invoice.total, paid: invoice.amount_paid });
    tell('redeemed', (await stripe.promotionCodes.retrieve(code.id)).times_redeemed);
  },
};

const corrections: Chapter = {
  name: 'refunds and credit notes',
  async live(scene) {
    const { stripe, tell } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    await stripe.subscriptions.create({ customer, items: [{ price: prices.professional }] });
    const [invoice] = (await stripe.invoices.list({ customer })).data;
    if (invoice === undefined) throw new Error('there is no invoice');
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 900, credit_amount: 900 });
    tell('the credit note', { status: note.status, amount: note.amount, type: note.type });
    const after = await stripe.customers.retrieve(customer);
    tell('the balance', 'balance' in after ? after.balance : null);
    const [charge] = (await stripe.charges.list({ customer })).data;
    if (charge === undefined) throw new Error('there is no charge');
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 400 });
    tell('the refund', { status: refund.status, amount: refund.amount });
    tell('refunded', (await stripe.charges.retrieve(charge.id)).amount_refunded);
  },
};

const refusals: Chapter = {
  name: 'what is refused, and how',
  async live(scene) {
    const { stripe, clock, tell, unique } = scene;
    const [prices, customer] = [await makePrices(scene), await makeCustomer(scene)];
    tell('a customer that is not there', await refusalOf(stripe.customers.retrieve('cus_none')));
    tell(
      'a price that is not there',
      await refusalOf(stripe.subscriptions.create({ customer, items: [{ price: 'price_none' }] })),
    );
    const key = { idempotencyKey: unique('key') };
    const first = await stripe.customers.create({ name: 'A', ...clock.forCustomer }, key);
    const again = await stripe.customers.create({ name: 'A', ...clock.forCustomer }, key);
    tell('the same key', first.id === again.id);
    tell(
      'the same key, other parameters',
      await refusalOf(stripe.customers.create({ name: 'B', ...clock.forCustomer }, key)),
    );
    tell('an unknown parameter', await refusalOf(stripe.customers.create({ nonsense: 'x' } as object)));
    const { id: product } = await stripe.products.create({ name: unique('Euro') });
    const other = await stripe.prices.create({
      product,
      currency: 'eur',
      unit_amount: 100,
      recurring: { interval: 'month' },
    });
    await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    tell('another currency', await refusalOf(stripe.subscriptions.create({ customer, items: [{ price: other.id }] })));
    const trial_end = clock.now() - day;
    tell(
      'a trial that is over',
      await refusalOf(stripe.subscriptions.create({ customer, items: [{ price: prices.starter }], trial_end })),
    );
    await stripe.customers.del(customer);
    const gone = await stripe.customers.retrieve(customer);
    tell('a customer that was deleted', 'deleted' in gone && gone.deleted);
    tell(
      'a subscription of theirs',
      await refusalOf(stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] })),
    );
  },
};

export const moneyChapters: readonly Chapter[] = [
  renewal,
  cardFails,
  firstPayment,
  declinedCards,
  sentInvoice,
  discounts,
  corrections,
  refusals,
];
