/** Customers whose plans can be bought at Stripe's stand-in, and subscriptions in the API's place in states that take weeks. */
import type { BrowserContext, Page } from 'playwright-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import { publishPlans } from '../../../src/contracts/routes/plans.ts';
import { checkOut, previewChange, readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { eventually } from '../eventually.ts';
import { shippedPlansYaml } from '../plans.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';

/** Has the plans made at Stripe, and a customer on trial. @returns the customer's id */
export async function sellsPlans({ ready }: TestPlatform, company: string, plan = 'starter'): Promise<string> {
  const admin = apiOf(ready.url, ready.admin_token);
  await admin.call(publishPlans, { body: { yaml: shippedPlansYaml } });
  const email = `owner-${crypto.randomUUID()}@example.com`;
  const made = await admin.call(createCustomer, { body: { email, company_name: company, plan } });
  return made.customer.customer_id;
}

/** A subscription as the API says it, of no customer that there is. */
const subscribed: SubscriptionView = {
  customer_id: `cust_${'1'.repeat(32)}`,
  plan: 'starter',
  plan_version: '2026-11',
  interval: 'month',
  status: 'active',
  suspended_for: null,
  trial_ends_at: null,
  current_period: { start: '2026-11-20T10:00:00.000Z', end: '2026-12-20T10:00:00.000Z' },
  cancel_at: null,
  scheduled: null,
  grace_ends_at: null,
  collection: 'card',
  stripe_subscription_id: 'sub_1',
};

/** A preview of an upgrade, as the API says it. */
export const previewed = {
  success: true,
  effective: 'now',
  effective_at: '2026-11-25T10:00:00.000Z',
  proration_date: '2026-11-25T10:00:00.000Z',
  due_now_cents: 5_833,
  stripe_lines: [
    {
      description: 'Unused time on Starter',
      amount_cents: -2_417,
      start: '2026-11-25T10:00:00.000Z',
      end: '2026-12-20T10:00:00.000Z',
      proration: true,
    },
    {
      description: 'Remaining time on Professional',
      amount_cents: 8_250,
      start: '2026-11-25T10:00:00.000Z',
      end: '2026-12-20T10:00:00.000Z',
      proration: true,
    },
  ],
  lines: [],
  overage_before_cents: 1_234,
  overage_after_cents: 567,
  valid_until: '2026-11-25T10:15:00.000Z',
} satisfies AnswerTo<typeof previewChange>;

/** The subscription's read answers so, with what differs. */
export const withSubscription =
  (of: Partial<SubscriptionView>) =>
  async (context: BrowserContext): Promise<void> => {
    await context.route('**/api/subscriptions/cust_*', (route) =>
      route.fulfill({ json: { success: true, subscription: { ...subscribed, ...of } } }),
    );
  };

/** The preview answers so, with what differs. */
export const withPreview =
  (of: Partial<AnswerTo<typeof previewChange>> = {}) =>
  async (context: BrowserContext): Promise<void> => {
    await context.route(`**${previewChange.path}`, (route) => route.fulfill({ json: { ...previewed, ...of } }));
  };

/** Has the customer buy on the stand-in's page, and waits until it is known here. @returns Stripe's id of the subscription */
export async function subscribe({ ready }: TestPlatform, customerId: string, plan = 'starter'): Promise<string> {
  const admin = apiOf(ready.url, ready.admin_token);
  const back = `${ready.url}/plan`;
  const { checkout_url } = await admin.call(checkOut, {
    body: { customer_id: customerId, plan, success_url: back, cancel_url: back },
  });
  const card = new URLSearchParams({ card: '4242424242424242' });
  const paid = await fetch(checkout_url, { method: 'POST', body: card, redirect: 'manual' });
  if (paid.status !== 303) throw new Error(`paying answered ${paid.status}: ${await paid.text()}`);
  const known = await eventually(
    async () => (await admin.call(readSubscription, { params: { customerId } })).subscription,
    ({ stripe_subscription_id: id }) => id !== null,
  );
  return known.stripe_subscription_id ?? '';
}

/** Shows on a page what is there of a plan that is bought: a change that lies ahead, and what another plan would cost. */
export async function showChange(tab: Page): Promise<void> {
  const context = tab.context();
  const scheduled = { plan: 'starter', interval: 'month', effective_at: subscribed.current_period.end } as const;
  await withSubscription({ scheduled })(context);
  await withPreview()(context);
  await tab.reload();
  await tab.locator(`[data-operation="${previewChange.operation}"]`).first().click();
  await tab.getByText('This price stands for').waitFor();
  await context.unroute('**/api/subscriptions/cust_*');
  await context.unroute(`**${previewChange.path}`);
}
