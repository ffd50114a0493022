/**
 * Orders of a customer while Stripe breaks: 30 % of what changes something there is done and never answered, a tenth of it meets a
 * process that dies before or after it, and reads get lost as well. Owns how an order is made and what cron then does, all of it
 * over that Stripe; what is right in the end is the test's.
 */
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import { servicesOf } from '../../../../src/services.ts';
import { carriersOf, contextOf } from '../../../../src/wiring.ts';
import { type Context, carryOut, type Planned } from '../../../../src/workflows/deed.ts';
import { deliverOutbox } from '../../../../src/workflows/delivery/deliver-outbox.ts';
import { applyPlanChanges } from '../../../../src/workflows/subscriptions/apply-plan-changes.ts';
import { cancel, planCancel } from '../../../../src/workflows/subscriptions/cancel.ts';
import { openCheckout, planCheckout } from '../../../../src/workflows/subscriptions/check-out.ts';
import { endCancelled } from '../../../../src/workflows/subscriptions/end-cancelled.ts';
import { endGrace } from '../../../../src/workflows/subscriptions/end-grace.ts';
import { endTrials } from '../../../../src/workflows/subscriptions/end-trials.ts';
import { openPeriods } from '../../../../src/workflows/subscriptions/open-periods.ts';
import { refreshSubscription } from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { planResume, resume } from '../../../../src/workflows/subscriptions/resume.ts';
import { planUpgrade, upgrade } from '../../../../src/workflows/subscriptions/upgrade.ts';
import { type Api, signUp } from '../../../harness/worker/api.ts';
import { type Break, breaking, Killed } from '../../../harness/worker/broken-stripe.ts';
import type { StandInOfTests } from '../../../harness/worker/stripe.ts';
import { subscribersOf, urls } from '../../../harness/worker/subscriber.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const plans = ['starter', 'professional', 'enterprise'] as const;
const cards = { good: '4242424242424242', bad: '4000000000000341' };
const triesMax = 60;

export type Kind = 'checkout' | 'upgrade' | 'downgrade' | 'withdrawal' | 'cancel' | 'resume' | 'pause';
/** What a request, or a tick of cron, works with. */
interface Parts {
  context: Context;
  deliver: (ids?: readonly string[]) => Promise<number>;
}
export type Ending = 'done' | 'refused' | 'killed';

function breakOf(random: () => number, what: 'write' | 'read'): Break {
  const drawn = random();
  if (what === 'read') return drawn < 0.05 ? 'lost_call' : 'none';
  if (drawn < 0.3) return 'lost_answer';
  if (drawn < 0.35) return 'lost_call';
  if (drawn < 0.4) return 'killed_after';
  return drawn < 0.45 ? 'killed_before' : 'none';
}

export function breakingOrders(api: Api, stripe: () => StandInOfTests) {
  const control = api.bindings['CONTROL'] as D1Database;
  const { subscriptionOf, pay, giveCard } = subscribersOf(api, stripe);
  const counts = { writes: 0, unanswered: 0, deaths: 0 };

  /** @param random 1 breaks nothing */
  function brokenParts(random: () => number): Parts {
    const services = servicesOf(api.bindings, { waitUntil: () => {} }, api.outside);
    const healthy = contextOf(services);
    if (healthy.stripe === null) throw new Error('no stand-in');
    const port = breaking(healthy.stripe, (what) => {
      const how = breakOf(random, what);
      if (what === 'write') counts.writes += 1;
      if (what === 'write' && how.startsWith('lost')) counts.unanswered += 1;
      if (how.startsWith('killed')) counts.deaths += 1;
      return how;
    });
    const context = { ...healthy, stripe: port };
    const refresh = (id: string) => refreshSubscription(context, id);
    return { context, deliver: (ids) => deliverOutbox({ ...carriersOf(services), stripe: port, refresh }, ids) };
  }

  /** A request of an order, as the route makes it: one batch, then the calls. */
  async function request<T, V>(
    context: Context,
    plan: (context: Context) => Promise<Planned<T>>,
    act: (context: Context, planned: T) => Promise<{ ok: true; value: V } | { ok: false }>,
  ): Promise<{ ending: Ending; planned: T | null; value: V | null }> {
    let value: T | null = null;
    try {
      const planned = await carryOut(context, () => plan(context));
      if (!planned.ok) return { ending: 'refused', planned: null, value: null };
      value = planned.value.value;
      const done = await act(context, value);
      return { ending: done.ok ? 'done' : 'refused', planned: value, value: done.ok ? done.value : null };
    } catch (error) {
      if (error instanceof Killed) return { ending: 'killed', planned: value, value: null };
      throw error;
    }
  }

  /** The steps of cron that have to do with orders; asking Stripe for its events is none of them: nothing else heals what broke. */
  async function tick(random: () => number): Promise<void> {
    await stripe().move(api.clock.now + 4 * minute);
    const { context, deliver } = brokenParts(random);
    for (const step of [applyPlanChanges, endCancelled, endTrials, endGrace, openPeriods]) await step(context);
    await deliver();
  }

  /** The claim of whatever died runs out, and cron goes on: first over the Stripe that breaks, then as it is. */
  async function cron(random: () => number): Promise<void> {
    for (let round = 0; round < 2; round++) await tick(random);
    for (let round = 0; round < 2; round++) await tick(() => 1);
  }

  /** An event of Stripe's, which is tried until it is processed. */
  async function told(random: () => number, subscriptionId: string): Promise<void> {
    for (let tries = 0; tries < triesMax; tries++) {
      try {
        const { context, deliver } = brokenParts(random);
        const { outbox } = await refreshSubscription(context, subscriptionId);
        await deliver(outbox);
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    }
    throw new Error(`${subscriptionId} was never refreshed`);
  }

  /** Somebody signs up while Stripe is away, asks for the page until there is one, and pays on it. The trial is over in a day. */
  async function checkout(random: () => number, plan: string): Promise<{ made: SignupAnswer; id: string }> {
    const { STRIPE_SECRET_KEY: key } = api.bindings;
    api.bindings['STRIPE_SECRET_KEY'] = undefined;
    const made = await signUp(api, { plan: 'starter' });
    api.bindings['STRIPE_SECRET_KEY'] = key;
    const { customer_id: customerId } = made.customer;
    const soon = api.clock.now + day;
    await control.batch([
      control.prepare('UPDATE subscriptions SET trial_ends_at = ? WHERE customer_id = ?').bind(soon, customerId),
      control.prepare('UPDATE billing_periods SET end_at = ? WHERE customer_id = ?').bind(soon, customerId),
    ]);
    const { success_url: successUrl, cancel_url: cancelUrl } = urls;
    const wish = {
      customerId,
      plan,
      interval: 'month',
      offered: 'all',
      successUrl,
      cancelUrl,
      promotionCode: null,
    } as const;
    for (let tries = 0; tries < triesMax; tries++) {
      const { context, deliver } = brokenParts(random);
      const { value: page } = await request(
        context,
        (c) => planCheckout(c, { ...wish, origins: [new URL(successUrl).origin] }),
        (c, planned) => openCheckout(c, planned, deliver),
      );
      if (page === null) {
        await cron(random);
        continue;
      }
      const id = await pay({ session_id: page.id, checkout_url: page.url });
      await told(random, id);
      return { made, id };
    }
    throw new Error('there was never a page to pay on');
  }

  /** A card fails until the grace is over; paid is it while that goes on or after it, within the period that is owed. */
  async function pause(random: () => number, { made, id }: { made: SignupAnswer; id: string }): Promise<Ending> {
    const before = await subscriptionOf(made);
    if (before.status !== 'active' || before.cancel_at !== null) return 'refused';
    await giveCard(id, cards.bad);
    const renewal = Date.parse(before.current_period.end);
    await stripe().move(renewal + 2 * hour);
    await told(random, id);
    await stripe().move(renewal + 7 * day + 3 * hour);
    const early = random() < 0.3;
    const { context, deliver } = brokenParts(random);
    await endGrace(context);
    if (!early) await deliver();
    if (!early) await cron(random);
    if (random() < 0.5) await stripe().move(renewal + (9 + Math.floor(random() * 15)) * day);
    await giveCard(id, cards.good);
    const { data } = await stripe().read<{ data: { id: string }[] }>(`/invoices?subscription=${id}&status=open`);
    for (const invoice of data) await stripe().call(`/invoices/${invoice.id}/pay`, {});
    await Promise.all([told(random, id), early ? deliver() : null]);
    await cron(random);
    return 'done';
  }

  /** One order of whatever kind is drawn; what lies ahead is taken back half of the time, and a tenth of the orders makes no sense. */
  async function order(
    random: () => number,
    customer: { made: SignupAnswer; id: string },
  ): Promise<{ kind: Kind; ending: Ending }> {
    const { customer_id: customerId } = customer.made.customer;
    const ours = await subscriptionOf(customer.made);
    const isAhead = ours.cancel_at !== null || ours.scheduled !== null;
    const makesSense = random() < 0.9;
    const drawn = random();
    if (drawn < 0.08) return { kind: 'pause', ending: await pause(random, customer) };
    const { context } = brokenParts(random);
    if (makesSense ? isAhead && drawn < 0.6 : drawn < 0.6) {
      const wish = { customerId, isOperator: true };
      const { ending, planned } = await request(context, (c) => planResume(c, wish), resume);
      return { kind: planned?.order?.found.scheduleId ? 'withdrawal' : 'resume', ending };
    }
    if (drawn > 0.8) {
      const wish = { customerId, immediately: false, reason: null };
      return { kind: 'cancel', ending: (await request(context, (c) => planCancel(c, wish), cancel)).ending };
    }
    const others = plans.filter((plan) => !makesSense || plan !== ours.plan);
    const plan = others[Math.floor(random() * others.length)] ?? 'starter';
    const wish = { customerId, plan, interval: null, offered: 'all' as const, prorationAt: null };
    const { ending, planned } = await request(context, (c) => planUpgrade(c, wish), upgrade);
    return { kind: planned?.effective === 'period_end' ? 'downgrade' : 'upgrade', ending };
  }

  /** It ends at once; what died or was lost on the way there is asked for again. */
  async function end(random: () => number, { made }: { made: SignupAnswer }): Promise<void> {
    const wish = { customerId: made.customer.customer_id, immediately: true, reason: null };
    for (let tries = 0; tries < triesMax; tries++) {
      await request(brokenParts(random).context, (c) => planCancel(c, wish), cancel);
      await cron(random);
      if ((await subscriptionOf(made)).status === 'canceled') return;
    }
    throw new Error('it never ended');
  }

  return { checkout, order, end, cron, counts };
}
