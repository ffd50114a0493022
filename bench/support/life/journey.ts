/**
 * The life of one subscription, step by step with what must be seen after each: bought on the trial's last day, a card that fails at
 * the renewal, grace, suspension, payment, cancellation, end. Owns the story and its expectations.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeClusterKey } from '../../../src/contracts/routes/clusters.ts';
import { readCost } from '../../../src/contracts/routes/costs.ts';
import { signUp } from '../../../src/contracts/routes/customers.ts';
import { cancelSubscription, checkOut, readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { reportUsageBatch } from '../../../src/contracts/routes/usage-intake.ts';
import { floorTo, hourMs, iso, minuteMs } from '../../../src/lib/time.ts';
import { invoiceOf, mailsTo, watch } from './customer.ts';
import { startLifePlatform } from './platform.ts';
import { differenceOf, headLine, NotAsTold, sightLines, type Told } from './tell.ts';

const from = '2026-01-05T09:00:00Z';
const email = 'ada@journey.example.com';
const goodCard = '4242424242424242';
const failingCard = '4000000000000341';
const cpuHours = 400;

/** A step is waited for so long: what it takes is the machine's business, and some of it is done by cron's next minutes. */
const waitMsMax = 45_000;
const tickMs = 2_000;
const lookMs = 50;

/** Lives it, and says a line for all that happens. Throws NotAsTold at the first step that is not as it must be. */
export async function live(say: (line: string) => void): Promise<void> {
  const platform = await startLifePlatform(from);
  try {
    await journey(platform, say);
  } finally {
    await platform.stop();
  }
}

async function journey(platform: Awaited<ReturnType<typeof startLifePlatform>>, say: (line: string) => void) {
  const { ask, door, clock } = platform;
  let mailsSeen = 0;

  const made = await platform.as(null)(signUp, { body: { email, company_name: 'Ada Ltd', plan: 'starter' } });
  if (!made.ok) throw new NotAsTold(`the signup was refused: ${made.error.message}`);
  if (!('customer' in made.value)) throw new NotAsTold('the signup waits for a verified email');
  const { customer, deployment } = made.value;
  const customerId = customer.customer_id;
  const look = watch(platform, customerId);

  /** Says what has happened, waits until it is as told, and says what is seen. */
  async function step(what: string, told: Told): Promise<void> {
    say(headLine(await clock({ hold: false }), what));
    const see = async (): Promise<Told> => ({ ...(await look()), mails: mailsTo(platform, email).slice(mailsSeen) });
    let seen = await see();
    let difference = differenceOf(told, seen);
    for (let [end, tick] = [Date.now() + waitMsMax, Date.now() + tickMs]; difference !== null; ) {
      if (Date.now() > end) break;
      if (Date.now() > tick) {
        await clock({ advance: '1m' });
        tick = Date.now() + tickMs;
      }
      await sleep(lookMs);
      seen = await see();
      difference = differenceOf(told, seen);
    }
    for (const line of sightLines(seen, seen.mails)) say(line);
    if (difference !== null) throw new NotAsTold(`${what}: ${difference}`);
    mailsSeen += seen.mails.length;
  }

  /** Goes to an instant: all that is due on the way happens, cron included. */
  const goTo = async (at: string | number, step: 'hour' | 'day' = 'day'): Promise<void> => {
    await clock({ to: typeof at === 'string' ? at : iso(at), step, hold: true });
    await platform.calm();
  };
  /** A stack that is to stop does so with the next tick. */
  const tick = () => clock({ advance: '2m' });

  await tick();
  await step('Ada signs up for starter: fourteen days without a card', {
    stripe: 'a customer, no subscription',
    state: 'starter trialing',
    licence: 'valid: starter, trialing',
    stack: 'ready',
    mails: [],
  });

  await goTo('2026-01-18T10:00:00Z');
  await step('a day of the trial is left, and a mail has said so', {
    stripe: 'a customer, no subscription',
    state: 'starter trialing',
    licence: 'valid: starter, trialing',
    stack: 'ready',
    mails: ['Your trial ends on 19 January 2026'],
  });

  const page = `${platform.url}/`;
  const session = await ask(checkOut, {
    body: { customer_id: customerId, plan: 'starter', success_url: page, cancel_url: page },
  });
  await door(`/checkout/${session.session_id}/complete`, { card: goodCard });
  await step('she pays on Stripe’s page with 4242 4242 4242 4242: the first paid month begins', {
    stripe: 'subscription active; invoice of $29.00 paid',
    state: 'starter active',
    licence: 'valid: starter, active',
    stack: 'ready',
    mails: ['Welcome: your subscription has begun'],
  });

  await goTo('2026-01-20T10:05:00Z');
  const { api_key: clusterKey } = await ask(makeClusterKey, { params: { clusterId: platform.clusterId }, body: {} });
  const end = floorTo(Date.parse('2026-01-20T10:00:00Z'), hourMs);
  const reported = await platform.as(clusterKey)(reportUsageBatch, {
    body: {
      reports: [
        {
          customer_id: customerId,
          instance_id: `k8s-${customer.short_id}`,
          namespace: deployment.namespace,
          timestamp: iso(end + minuteMs),
          window_start: iso(end - hourMs),
          window_end: iso(end),
          revision: end + minuteMs,
          complete: true,
          cpu_hours: cpuHours,
        },
      ],
    },
  });
  if (!reported.ok || reported.value.rejected > 0) {
    throw new NotAsTold(`the usage was not taken: ${JSON.stringify(reported)}`);
  }
  const cost = await platform.until(async () => {
    const found = await ask(readCost, { params: { customerId } });
    return found.lines.some(({ quantity }) => Number(quantity) === cpuHours) ? found : null;
  });
  if (cost === null) throw new NotAsTold(`no line of the cost has the ${cpuHours} core-hours that were reported`);
  await step(
    `her stack reports an hour of ${cpuHours} core-hours; the month costs $${(cost.total_cents / 100).toFixed(2)} so far`,
    {
      stripe: 'subscription active; invoice of $29.00 paid',
      state: 'starter active',
      licence: 'valid: starter, active',
      stack: 'ready',
      mails: [],
    },
  );

  await door(`/customers/${(await stripeId()) ?? ''}/cards`, { card: failingCard });
  await goTo('2026-02-18T12:00:00Z');
  await step('the month is over, and its invoice waits six hours for the last of its usage', {
    stripe: 'subscription active; invoice of $29.00 draft',
    state: 'starter active',
    licence: 'valid: starter, active',
    stack: 'ready',
    mails: [],
  });
  await goTo('2026-02-18T18:00:00Z');
  const { grace_ends_at: graceEnds } = (await ask(readSubscription, { params: { customerId } })).subscription;
  await step(`her card (4000 0000 0000 0341) is declined: grace until ${graceEnds?.slice(0, 10)}, everything runs on`, {
    stripe: 'subscription past_due; invoice of $29.00 open',
    state: 'starter past_due',
    licence: 'valid: starter, past_due',
    stack: 'ready',
    mails: ['Your payment of 29.00 USD has failed'],
  });

  await goTo('2026-02-24T09:00:00Z');
  await step('Stripe has tried again in vain; two days before the end of the grace she is reminded', {
    stripe: 'subscription past_due; invoice of $29.00 open',
    state: 'starter past_due',
    licence: 'valid: starter, past_due',
    stack: 'ready',
    mails: ['Your instance will be stopped on 25 February 2026'],
  });

  await goTo('2026-02-25T18:00:00Z');
  await tick();
  await step('the grace is over: the stack stops, its data is kept, and Stripe asks for no further month', {
    stripe: 'subscription paused; invoice of $29.00 open',
    state: 'starter suspended, unpaid',
    licence: 'valid: starter, suspended',
    stack: 'suspended',
    mails: ['Your instance is stopped'],
  });

  await goTo('2026-02-27T10:00:00Z');
  await door(`/customers/${(await stripeId()) ?? ''}/cards`, { card: goodCard });
  const owed = await invoiceOf(platform, await stripeId());
  await platform.stripe(`/invoices/${owed?.id}/pay`, {});
  await tick();
  await step('two days later she gives another card and pays: all of it runs again', {
    stripe: 'subscription active; invoice of $29.00 paid',
    state: 'starter active',
    licence: 'valid: starter, active',
    stack: 'ready',
    mails: ['Your instance runs again'],
  });

  await goTo('2026-03-02T10:00:00Z');
  const { subscription } = await ask(cancelSubscription, { body: { customer_id: customerId, reason: 'too quiet' } });
  await step(`she cancels: what is paid for goes on until ${subscription.cancel_at?.slice(0, 10)}`, {
    stripe: 'subscription active, ends with its period; invoice of $29.00 paid',
    state: 'starter active, cancelled for the period’s end',
    licence: 'valid: starter, active',
    stack: 'ready',
    mails: [],
  });

  await goTo(Date.parse(subscription.cancel_at ?? '') + hourMs);
  await tick();
  await step('the period ends, and the subscription with it: stack stopped, keys and licence revoked', {
    stripe: 'subscription canceled; invoice of $29.00 paid',
    state: 'starter canceled',
    licence: 'revoked',
    stack: 'suspended',
    mails: ['Your subscription has ended'],
  });

  async function stripeId(): Promise<string | null> {
    const { data } = { data: await platform.objects<{ id: string; metadata: Record<string, string> }>('customer') };
    return data.find(({ metadata }) => Object.values(metadata).includes(customerId))?.id ?? null;
  }
}
