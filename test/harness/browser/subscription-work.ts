/** Customers whose plans can be bought at Stripe's stand-in, and subscriptions in the API's place in states that take weeks. */
import type { BrowserContext } from 'playwright-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import { publishPlans } from '../../../src/contracts/routes/plans.ts';
import { previewChange } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
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
export const subscribed: SubscriptionView = {
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
