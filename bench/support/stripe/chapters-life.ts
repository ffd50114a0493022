/** The subscription's own life: trial, renewal, change of plan, pause, end. */
import { type Chapter, day, eventTypes, hour, refusalOf, type Scene } from './book.ts';
import { invoicesOf, makeCustomer, makePrices, payWith, periodEnd, subscriptionFacts } from './cast.ts';

const about = (customer: string) => (object: object) =>
  'customer' in object ? object.customer === customer : 'id' in object && object.id === customer;

async function begin(scene: Scene, card: string | null = 'pm_card_visa') {
  const prices = await makePrices(scene);
  const customer = await makeCustomer(scene, card);
  return { prices, customer };
}

const trial: Chapter = {
  name: 'a trial becomes a subscription',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene);
    const trial_end = clock.now() + 14 * day;
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }], trial_end });
    tell('in the trial', subscriptionFacts(made));
    tell('its mode', made.billing_mode.type);
    await clock.to(trial_end - 2 * day);
    await clock.to(trial_end + 2 * hour);
    const after = await stripe.subscriptions.retrieve(made.id);
    tell('after it', subscriptionFacts(after));
    tell('its new period begins with the end of the trial', after.items.data[0]?.current_period_start === trial_end);
    tell('invoices', await invoicesOf(stripe, customer));
    tell('events', await eventTypes(scene, about(customer)));
  },
};

const trialWithoutCard: Chapter = {
  name: 'a trial that ends without a card pauses',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene, null);
    const trial_end = clock.now() + 4 * day;
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: prices.starter }],
      trial_end,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    await clock.to(trial_end + 2 * hour);
    tell('after it', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
    await payWith(stripe, customer, 'pm_card_visa');
    tell('resumed with one', subscriptionFacts(await stripe.subscriptions.resume(made.id)));
  },
};

const upgrade: Chapter = {
  name: 'an upgrade costs what its preview said',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene);
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await clock.to(clock.now() + 10 * day);
    const proration_date = clock.now();
    const items = [{ id: made.items.data[0]?.id ?? '', price: prices.professional }];
    const preview = await stripe.invoices.createPreview({
      customer,
      subscription: made.id,
      subscription_details: { items, proration_date, proration_behavior: 'always_invoice' },
    });
    tell(
      'the lines of the preview',
      preview.lines.data.map(({ amount, discountable }) => ({ amount, discountable })),
    );
    const changed = await stripe.subscriptions.update(made.id, {
      items,
      proration_date,
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
      expand: ['latest_invoice'],
    });
    tell('after it', subscriptionFacts(changed));
    const invoice = changed.latest_invoice;
    const paid = typeof invoice === 'object' ? invoice?.amount_paid : null;
    tell('paid what the preview said', paid === preview.amount_due);
    tell('the period stays', periodEnd(changed) === periodEnd(made));
    tell('invoices', await invoicesOf(stripe, customer));
  },
};

const upgradeDeclined: Chapter = {
  name: 'an upgrade that is not paid leaves the old plan',
  async live(scene) {
    const { stripe, tell, clock } = scene;
    const { prices, customer } = await begin(scene);
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    await payWith(stripe, customer, 'pm_card_chargeCustomerFail');
    await clock.to(clock.now() + day);
    const items = [{ id: made.items.data[0]?.id ?? '', price: prices.professional }];
    const asked = await stripe.subscriptions.update(made.id, {
      items,
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    });
    tell('asked for', subscriptionFacts(asked));
    const invoice = String(asked.latest_invoice);
    await payWith(stripe, customer, 'pm_card_visa');
    await stripe.invoices.pay(invoice);
    tell('paid', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
  },
};

const downgrade: Chapter = {
  name: 'a downgrade waits for the end of the period',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene);
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.professional }] });
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription: made.id });
    const [phase] = schedule.phases;
    const updated = await stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        {
          items: [{ price: prices.professional, quantity: 1 }],
          start_date: phase?.start_date ?? 0,
          end_date: phase?.end_date ?? 0,
        },
        { items: [{ price: prices.starter, quantity: 1 }], duration: { interval: 'month', interval_count: 1 } },
      ],
    });
    tell('phases', updated.phases.length);
    tell('before it', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
    tell('paused with a schedule', await refusalOf(stripe.subscriptions.pause(made.id)));
    await clock.to(periodEnd(made) + 2 * hour);
    tell('after it', subscriptionFacts(await stripe.subscriptions.retrieve(made.id)));
    tell('invoices', await invoicesOf(stripe, customer));
    const released = await stripe.subscriptionSchedules.release(schedule.id);
    tell('released', { status: released.status, subscription: released.subscription });
  },
};

const paused: Chapter = {
  name: 'a paused subscription makes no invoice',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene);
    const made = await stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    const stopped = await stripe.subscriptions.pause(made.id, {
      bill_for: { unused_time_from: { type: 'none' } },
    });
    tell('paused', subscriptionFacts(stopped));
    await clock.to(clock.now() + 40 * day);
    tell('invoices', await invoicesOf(stripe, customer));
    const again = await stripe.subscriptions.resume(made.id, {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'none',
    });
    tell('resumed', subscriptionFacts(again));
    tell('invoices after it', await invoicesOf(stripe, customer));
  },
};

const ends: Chapter = {
  name: 'three ways to end',
  async live(scene) {
    const { stripe, clock, tell } = scene;
    const { prices, customer } = await begin(scene);
    const make = () => stripe.subscriptions.create({ customer, items: [{ price: prices.starter }] });
    const [atPeriodEnd, atTime, now] = [await make(), await make(), await make()];
    tell(
      'at the end of the period',
      subscriptionFacts(await stripe.subscriptions.update(atPeriodEnd.id, { cancel_at_period_end: true })),
    );
    tell(
      'at a time',
      subscriptionFacts(
        await stripe.subscriptions.update(atTime.id, { cancel_at: clock.now() + 5 * day, proration_behavior: 'none' }),
      ),
    );
    tell('now', subscriptionFacts(await stripe.subscriptions.cancel(now.id)));
    tell('now, once more', await refusalOf(stripe.subscriptions.cancel(now.id)));
    await clock.to(clock.now() + 6 * day);
    tell('after the time', subscriptionFacts(await stripe.subscriptions.retrieve(atTime.id)));
    await clock.to(periodEnd(atPeriodEnd) + 2 * hour);
    tell('after the period', subscriptionFacts(await stripe.subscriptions.retrieve(atPeriodEnd.id)));
    tell('invoices', await invoicesOf(stripe, customer));
    tell('a list without them', (await stripe.subscriptions.list({ customer })).data.length);
    tell('a list with them', (await stripe.subscriptions.list({ customer, status: 'canceled' })).data.length);
  },
};

export const lifeChapters: readonly Chapter[] = [
  trial,
  trialWithoutCard,
  upgrade,
  upgradeDeclined,
  downgrade,
  paused,
  ends,
];
