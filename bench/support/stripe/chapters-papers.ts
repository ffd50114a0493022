/** Papers and pages: invoices by hand, money that goes back, schedules, Checkout and the portal. */
import { type Chapter, day, hour, refusalOf } from './book.ts';
import { makeCustomer, makePrices } from './cast.ts';

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

export const paperChapters: readonly Chapter[] = [invoicesByHand, moneyBack, schedules, checkout, portal];
