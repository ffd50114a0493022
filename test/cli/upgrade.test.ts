/** The commands that change what a customer is subscribed to. */
import { describe, expect, it } from 'vitest';
import { customerAnswer } from '../../src/contracts/customers.ts';
import {
  cancelBody,
  checkoutAnswer,
  checkoutBody,
  previewAnswer,
  previewBody,
  resumeBody,
  subscriptionAnswer,
  upgradeAnswer,
  upgradeBody,
} from '../../src/contracts/subscriptions.ts';
import { callApi, customerBody, customerId, type Heard, problem, type Told } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

const instant = (day: number) => `2026-12-${String(day).padStart(2, '0')}T10:00:00.000Z`;
const subscription = {
  customer_id: customerId,
  plan: 'starter',
  plan_version: '2026-11',
  interval: 'month',
  status: 'active',
  suspended_for: null,
  trial_ends_at: null,
  current_period: { start: instant(1), end: instant(31) },
  cancel_at: null,
  scheduled: null,
  grace_ends_at: null,
  collection: 'card',
  stripe_subscription_id: 'sub_1',
};
const unpaid = {
  ...subscription,
  status: 'trialing',
  collection: 'none',
  stripe_subscription_id: null,
  trial_ends_at: instant(9),
};
const preview = {
  success: true,
  effective: 'now',
  effective_at: instant(5),
  proration_date: instant(5),
  due_now_cents: 5432,
  stripe_lines: [
    {
      description: 'Remaining time on Professional',
      amount_cents: 5432,
      start: instant(5),
      end: instant(31),
      proration: true,
    },
  ],
  lines: [],
  overage_before_cents: 100,
  overage_after_cents: 0,
  valid_until: instant(5),
};

const post = (name: string, body: Route['body'], answer: Route['answer'], tell: Route['tell']): Route => ({
  method: 'POST',
  path: `/api/subscriptions/${name}`,
  ...(body === undefined ? {} : { body }),
  status: 200,
  answer,
  tell,
});
const customerRoute: Route = {
  method: 'GET',
  path: '/api/customers/:id',
  status: 200,
  answer: customerAnswer,
  tell: () => customerBody('ready'),
};
const reads = (value: unknown): Route => ({
  method: 'GET',
  path: '/api/subscriptions/:id',
  status: 200,
  answer: subscriptionAnswer,
  tell: () => ({ success: true, subscription: value }),
});
const heardBodies = (heard: Heard[], name: string) =>
  heard.filter(({ path }) => path.endsWith(name)).map(({ body }) => body);
const upgraded = {
  success: true,
  subscription: { ...subscription, plan: 'professional' },
  effective: 'now',
  invoice: { invoice_id: 'in_1', amount_due_cents: 5432 },
};
const changing = [
  post('preview', previewBody, previewAnswer, () => preview),
  post('upgrade', upgradeBody, upgradeAnswer, () => upgraded),
];

/** The API as the routes say, and what it heard. */
function api(routes: Route[]) {
  const heard: Heard[] = [];
  const answer = standIn(routes);
  return {
    heard,
    tell: (one: Heard): Told => {
      heard.push(one);
      return answer(one);
    },
  };
}

describe('customer upgrade', () => {
  it('shows the price, and orders at the moment that it was shown for', async () => {
    const { heard, tell } = api(changing);
    const { exit, lines, notes } = await callApi(
      ['customer', 'upgrade', customerId, '--plan', 'professional', '--yes'],
      tell,
    );
    expect(exit).toBe(0);
    expect(notes).toContain('due now       $54.32');
    expect(lines).toContain('On professional now; invoice in_1: $54.32.');
    expect(heardBodies(heard, 'upgrade')).toEqual([
      { customer_id: customerId, new_plan: 'professional', proration_date: instant(5) },
    ]);
  });

  it('orders nothing where the person says no, or where nobody can be asked', async () => {
    const { heard, tell } = api(changing);
    expect((await callApi(['customer', 'upgrade', customerId, '--plan', 'professional'], tell)).exit).toBe(2);
    expect((await callApi(['customer', 'upgrade', customerId, '--plan', 'professional'], tell, 'n')).exit).toBe(1);
    expect(heardBodies(heard, 'upgrade')).toEqual([]);
  });

  it('says why it cannot be', async () => {
    const refuse = (): Told => ({ status: 409, body: problem('checkout_required', 'check out first') });
    const { exit, notes } = await callApi(
      ['customer', 'upgrade', customerId, '--plan', 'professional', '--yes'],
      refuse,
    );
    expect([exit, notes]).toEqual([1, [expect.stringContaining('checkout_required: check out first')]]);
  });
});

describe('customer cancel and resume', () => {
  const ending = { success: true, subscription: { ...subscription, cancel_at: instant(31) } };
  const routes = [
    post('cancel', cancelBody, subscriptionAnswer, ({ body }) =>
      (body as { immediately: boolean }).immediately
        ? { success: true, subscription: { ...subscription, status: 'canceled' } }
        : ending,
    ),
    post('resume', resumeBody, subscriptionAnswer, () => ({ success: true, subscription })),
  ];

  it('ends it with the period without a question, at once only after one', async () => {
    const { heard, tell } = api(routes);
    const soft = await callApi(['customer', 'cancel', customerId, '--reason', 'moves'], tell);
    expect(soft.lines).toContain('ends at       2026-12-31 10:00 UTC');
    expect((await callApi(['customer', 'cancel', customerId, '--now'], tell)).exit).toBe(2);
    expect((await callApi(['customer', 'cancel', customerId, '--now', '--yes'], tell)).exit).toBe(0);
    expect(heardBodies(heard, 'cancel')).toEqual([
      { customer_id: customerId, immediately: false, reason: 'moves' },
      { customer_id: customerId, immediately: true },
    ]);
  });

  it('takes it back', async () => {
    const { exit, lines } = await callApi(['customer', 'resume', customerId], api(routes).tell);
    expect([exit, lines.at(-1)]).toEqual([0, 'It goes on.']);
  });
});

describe('upgrade-customer', () => {
  const url = 'https://checkout.example.com/c/1';
  const buying = [
    customerRoute,
    reads(unpaid),
    post('checkout', checkoutBody, checkoutAnswer, () => ({
      success: true,
      session_id: 'cs_1',
      checkout_url: url,
      expires_at: instant(2),
    })),
  ];

  it('opens a checkout for who pays nothing yet, prints where it is and how to see what came of it', async () => {
    const { heard, tell } = api(buying);
    const call = await callApi(
      ['upgrade-customer', '--customer', customerId, '--plan', 'professional', '--open'],
      tell,
    );
    expect(call.exit).toBe(0);
    expect(call.lines).toEqual([
      'Pay here until 2026-12-02 10:00 UTC:',
      `  ${url}`,
      'See that it came about:',
      `  tenantry customer show ${customerId}`,
      `  tenantry licences show ${customerId}`,
      `  tenantry customer periods ${customerId}`,
    ]);
    expect(call.notes).toContain('subscription  starter 2026-11 by the month, trialing');
    expect(call.opened).toEqual([url]);
    expect(heardBodies(heard, 'checkout')).toMatchObject([{ plan: 'professional' }]);
  });

  it('changes the plan of who pays, after a question', async () => {
    const { heard, tell } = api([customerRoute, reads(subscription), ...changing]);
    const call = await callApi(['upgrade-customer', '--customer', customerId, '--plan', 'professional'], tell, 'y');
    expect(call.exit).toBe(0);
    expect(call.lines[0]).toBe('On professional now; invoice in_1: $54.32.');
    expect(heardBodies(heard, 'upgrade')).toHaveLength(1);
  });

  it('finds no customer: nothing is opened', async () => {
    const call = await callApi(
      ['upgrade-customer', '--customer', customerId, '--plan', 'starter', '--open'],
      api([]).tell,
    );
    expect([call.exit, call.opened]).toEqual([1, []]);
  });
});
