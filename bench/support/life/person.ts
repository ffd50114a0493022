/** What the people of the half-year do, and when: drawn from the seed, each deed by the API or at Stripe as they would do it. */
import { signUp } from '../../../src/contracts/routes/customers.ts';
import {
  cancelSubscription,
  checkOut,
  resumeSubscription,
  upgradeSubscription,
} from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import type { Result } from '../../../src/lib/result.ts';
import type { Seeded } from '../random.ts';
import type { LifePlatform } from './platform.ts';

const plans = ['starter', 'professional', 'enterprise'] as const;
type Plan = (typeof plans)[number];

const goodCard = '4242424242424242';
const failingCard = '4000000000000341';

export type Deed =
  | 'join'
  | 'buy'
  | 'upgrade'
  | 'downgrade'
  | 'cancel'
  | 'cancel at once'
  | 'take back'
  | 'card that fails'
  | 'pay';

export interface Person {
  number: number;
  plan: Plan;
  /** Days after the start. */
  joins: number;
  /** Days after that; null: never. */
  buys: number | null;
  hasGoodCard: boolean;
  customerId: string | null;
}

/** @param days of the whole story: everybody is there before its middle */
export const personOf = (number: number, days: number, { fraction, pick }: Seeded): Person => ({
  number,
  plan: pick(plans),
  joins: Math.floor((fraction() * days) / 2.5),
  // Most during the trial, some when it has ended, some never.
  buys: fraction() < 0.9 ? Math.floor(fraction() * 18) : null,
  hasGoodCard: true,
  customerId: null,
});

/** Chances of a day, times the pace. */
const chances = {
  upgrade: 0.01,
  downgrade: 0.01,
  cancel: 0.006,
  atOnce: 0.001,
  takeBack: 0.08,
  failing: 0.012,
  pay: 0.12,
};

/** What somebody does today; null for nothing. `view`: the subscription as it is, null before the signup. */
export function deedOf(
  person: Person,
  view: SubscriptionView | null,
  { day, pace, random }: { day: number; pace: number; random: Seeded },
): Deed | null {
  if (view === null) return day >= person.joins ? 'join' : null;
  if (view.status === 'canceled') return null;
  if (view.stripe_subscription_id === null) {
    return person.buys !== null && day >= person.joins + person.buys ? 'buy' : null;
  }
  const owes = view.status !== 'active';
  const ends = view.cancel_at !== null || view.scheduled !== null;
  const odds: [Deed, number][] = [
    ['pay', owes ? chances.pay : 0],
    ['take back', ends ? chances.takeBack : 0],
    ['upgrade', view.plan === 'enterprise' ? 0 : chances.upgrade],
    ['downgrade', view.plan === 'starter' ? 0 : chances.downgrade],
    ['cancel', ends ? 0 : chances.cancel],
    ['cancel at once', chances.atOnce],
    ['card that fails', person.hasGoodCard ? chances.failing : 0],
  ];
  let drawn = random.fraction() / pace;
  for (const [deed, chance] of odds) {
    if (drawn < chance) return deed;
    drawn -= chance;
  }
  return null;
}

/** The API's answer; null for what is done at Stripe. */
type Outcome = Promise<Result<unknown, ApiFailure> | null>;

async function buy(platform: LifePlatform, person: Person, customer_id: string, random: Seeded): Outcome {
  const page = `${platform.url}/`;
  const body = { customer_id, plan: person.plan, success_url: page, cancel_url: page };
  const opened = await platform.attempt(checkOut, { body });
  // Now and then somebody looks at the page and leaves it; another day they come again.
  if (opened.ok && random.fraction() < 0.9) {
    await platform.door(`/checkout/${opened.value.session_id}/complete`, { card: goodCard });
  }
  return opened;
}

const neighbour = (plan: string, step: number): string => plans[plans.indexOf(plan as Plan) + step] ?? plan;

/** Does it. @param stripeCustomerId of whom Stripe knows */
export async function act(
  platform: LifePlatform,
  {
    person,
    view,
    stripeCustomerId,
    random,
  }: {
    person: Person;
    view: SubscriptionView | null;
    stripeCustomerId: string | null;
    random: Seeded;
  },
  deed: Deed,
): Outcome {
  const { attempt, door } = platform;
  const customer_id = person.customerId ?? '';
  switch (deed) {
    case 'join': {
      const email = `person-${person.number}@half-year.example.com`;
      const company_name = `Company ${person.number}`;
      const made = await platform.as(null)(signUp, { body: { email, company_name, plan: person.plan } });
      if (made.ok && 'customer' in made.value) person.customerId = made.value.customer.customer_id;
      return made;
    }
    case 'buy':
      return buy(platform, person, customer_id, random);
    case 'upgrade':
    case 'downgrade': {
      const new_plan = neighbour(view?.plan ?? '', deed === 'upgrade' ? 1 : -1);
      return attempt(upgradeSubscription, { body: { customer_id, new_plan } });
    }
    case 'cancel':
    case 'cancel at once':
      return attempt(cancelSubscription, { body: { customer_id, immediately: deed === 'cancel at once' } });
    case 'take back':
      return attempt(resumeSubscription, { body: { customer_id } });
    case 'card that fails':
      person.hasGoodCard = false;
      await door(`/customers/${stripeCustomerId}/cards`, { card: failingCard });
      return null;
    case 'pay': {
      person.hasGoodCard = true;
      await door(`/customers/${stripeCustomerId}/cards`, { card: goodCard });
      for (const id of await platform.openInvoices(stripeCustomerId ?? ''))
        await platform.stripe(`/invoices/${id}/pay`, {});
      return null;
    }
  }
}
