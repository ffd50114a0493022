/**
 * The life of one subscription, step by step with what must be seen after each: bought on the trial's last day, a card that fails at
 * the renewal, grace, suspension, payment, cancellation, end. Owns the story and its expectations.
 */
import { signUp } from '../../../src/contracts/routes/customers.ts';
import { cancelSubscription, checkOut, readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { paymentLinkTo, type Sight } from './customer.ts';
import { type LifePlatform, startLifePlatform } from './platform.ts';
import { type Story, storyOf } from './story.ts';
import { NotAsTold } from './tell.ts';
import { useCpu } from './usage.ts';

const from = '2026-01-05T09:00:00Z';
const email = 'ada@journey.example.com';
const goodCard = '4242424242424242';
const failingCard = '4000000000000341';
const cpuHours = 800;

interface Scene extends Story {
  platform: LifePlatform;
  customerId: string;
  shortId: string;
  namespace: string;
}

/** Lives it, and says a line for all that happens. Throws NotAsTold at the first step that is not as it must be. */
export async function live(say: (line: string) => void): Promise<void> {
  const platform = await startLifePlatform(from);
  try {
    const scene = await signsUp(platform, say);
    await buys(scene);
    await uses(scene);
    await failsToPay(scene);
    await isSuspended(scene);
    await paysAgain(scene);
    await leaves(scene);
  } finally {
    await platform.stop();
  }
}

const trialing: Sight = {
  stripe: 'a customer, no subscription',
  state: 'starter trialing',
  licence: 'valid: starter, trialing',
  stack: 'ready',
};
const paid: Sight = {
  stripe: 'subscription active; invoice of $29.00 paid',
  state: 'starter active',
  licence: 'valid: starter, active',
  stack: 'ready',
};
/** With what was used in the first month: 56 core-hours above the 744 that it includes. */
const paidAgain: Sight = { ...paid, stripe: 'subscription active; invoice of $31.80 paid' };
const owing: Sight = {
  stripe: 'subscription past_due; invoice of $31.80 open',
  state: 'starter past_due',
  licence: 'valid: starter, past_due',
  stack: 'ready',
};

async function signsUp(platform: LifePlatform, say: (line: string) => void): Promise<Scene> {
  const made = await platform.as(null)(signUp, { body: { email, company_name: 'Ada Ltd', plan: 'starter' } });
  if (!made.ok) throw new NotAsTold(`the signup was refused: ${made.error.message}`);
  if (!('customer' in made.value)) throw new NotAsTold('the signup waits for a verified email');
  const { customer, deployment } = made.value;
  const customerId = customer.customer_id;
  const story = storyOf(platform, { customerId, email }, say);
  await story.step('Ada signs up for starter: fourteen days without a card', { ...trialing, mails: [] });
  return { ...story, platform, customerId, shortId: customer.short_id, namespace: deployment.namespace };
}

async function buys({ platform, customerId, step, goTo }: Scene): Promise<void> {
  await goTo('2026-01-18T10:00:00Z');
  await step('a day of the trial is left, and a mail has said so', {
    ...trialing,
    mails: ['Your trial ends on 19 January 2026'],
  });
  const page = `${platform.url}/`;
  const body = { customer_id: customerId, plan: 'starter', success_url: page, cancel_url: page };
  const { session_id: session } = await platform.ask(checkOut, { body });
  await platform.door(`/checkout/${session}/complete`, { card: goodCard });
  await step('she pays on Stripe’s page with 4242 4242 4242 4242: the first paid month begins', {
    ...paid,
    mails: ['Welcome: your subscription has begun'],
  });
}

async function uses({ platform, step, goTo, ...stack }: Scene): Promise<void> {
  await goTo('2026-01-20T10:05:00Z');
  const cents = await useCpu(platform, stack, Date.parse('2026-01-20T10:00:00Z'), cpuHours);
  const dollars = (cents / 100).toFixed(2);
  await step(`her stack has used ${cpuHours} core-hours in an hour: the month costs $${dollars} so far`, {
    ...paid,
    mails: [],
  });
}

async function failsToPay({ platform, customerId, step, goTo }: Scene): Promise<void> {
  await givesCard(platform, customerId, failingCard);
  await goTo('2026-02-18T12:00:00Z');
  await step('the month is over, and its invoice waits six hours for the last of its usage', {
    ...paid,
    stripe: 'subscription active; invoice of $29.00 draft',
    mails: [],
  });
  // The last quarter of an hour before Stripe finalises it by itself is left for the lines of usage.
  await goTo('2026-02-18T15:50:00Z');
  await goTo('2026-02-18T18:00:00Z');
  const { subscription } = await platform.ask(readSubscription, { params: { customerId } });
  const until = subscription.grace_ends_at?.slice(0, 10);
  await step(`her card 4000 0000 0000 0341 is declined: grace until ${until}, and everything runs on`, {
    ...owing,
    mails: ['Your payment of 31.80 USD has failed'],
  });
  await goTo('2026-02-24T09:00:00Z');
  await step('Stripe has tried again in vain, and she is reminded', {
    ...owing,
    mails: ['Your instance will be stopped on 25 February 2026'],
  });
}

async function isSuspended({ step, goTo }: Scene): Promise<void> {
  await goTo('2026-02-25T18:00:00Z');
  await step('the grace is over: the stack stops, its data is kept, and Stripe asks for no further month', {
    stripe: 'subscription paused; invoice of $31.80 open',
    state: 'starter suspended, unpaid',
    licence: 'valid: starter, suspended',
    stack: 'suspended',
    mails: ['Your instance is stopped'],
  });
}

async function paysAgain({ platform, customerId, step, goTo }: Scene): Promise<void> {
  await goTo('2026-02-27T10:00:00Z');
  await givesCard(platform, customerId, goodCard);
  await paysByMail(platform);
  // Cron's next minute has the subscription go on at Stripe; the one after that mails it.
  await goTo('2026-02-27T10:02:00Z');
  await step('two days later she follows the mail’s link and pays with another card: all of it runs again', {
    ...paidAgain,
    mails: ['Your instance runs again'],
  });
}

async function leaves({ platform, customerId, step, goTo }: Scene): Promise<void> {
  await goTo('2026-03-02T10:00:00Z');
  const body = { customer_id: customerId, reason: 'too quiet' };
  const { subscription } = await platform.ask(cancelSubscription, { body });
  const cancelAt = subscription.cancel_at;
  if (cancelAt === null) throw new NotAsTold('the cancellation has no end');
  await step(`she cancels: what is paid for goes on until ${cancelAt.slice(0, 10)}`, {
    ...paidAgain,
    stripe: 'subscription active, ends with its period; invoice of $31.80 paid',
    state: 'starter active, cancelled for the period’s end',
    mails: [],
  });
  await goTo(Date.parse(cancelAt) + hourMs);
  await step('the period ends, and the subscription with it: the stack stops, keys and licence are revoked', {
    stripe: 'subscription canceled; invoice of $31.80 paid',
    state: 'starter canceled',
    licence: 'revoked',
    stack: 'suspended',
    mails: ['Your subscription has ended'],
  });
}

/** Follows the link of the mail that said that the stack is stopped, and pays on the invoice's page. */
async function paysByMail(platform: LifePlatform): Promise<void> {
  const link = paymentLinkTo(platform, email);
  if (link === null) throw new NotAsTold('the mail leads to no page on which the invoice can be paid');
  const page = await fetch(link);
  if (!page.ok) throw new NotAsTold(`the mail’s link is answered ${page.status}`);
  const paid = await fetch(link, { method: 'POST', body: new URLSearchParams({ card: goodCard }) });
  if (!paid.ok) throw new NotAsTold(`the invoice’s page is answered ${paid.status}`);
}

/** A card that pays from now on, as in Stripe's portal. */
async function givesCard(platform: LifePlatform, customerId: string, card: string): Promise<void> {
  const id = (await platform.customers()).get(customerId);
  if (id === undefined) throw new NotAsTold('Stripe does not know her');
  await platform.door(`/customers/${id}/cards`, { card });
}
