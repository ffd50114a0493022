/** The page that a signup's mailed link leads to. What the API does stands in test/src/customers/verified-signup.test.ts. */
import { expect, it } from 'vitest';
import type { SignupAnswer } from '../../src/contracts/customers.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';

const secret = 'a-secret-of-a-mailed-link';
const verified = '**/api/customers/signup/verify';
const customerId = `cust_${'1'.repeat(32)}`;
const made: SignupAnswer = {
  success: true,
  customer: {
    customer_id: customerId,
    short_id: '11111111',
    organisation_id: `org_${'1'.repeat(32)}`,
    email: 'ada@example.com',
    company_name: 'Acme',
    full_name: null,
    stripe_customer_id: null,
    created_at: '2026-11-20T12:00:00.000Z',
  },
  subscription: { plan: 'starter', status: 'trialing', trial_ends_at: '2026-12-04T12:00:00.000Z' },
  license: { jwt: 'a.licence.token' },
  api_key: `${customerId}_the-key`,
  deployment: {
    status: 'pending',
    namespace: 'customer-11111111',
    instance_url: 'https://11111111.tenantry.localhost',
    job_id: null,
    generation: 1,
  },
};

describeInBrowser('the page of a signup’s mailed link', (browsing) => {
  const open = async (answer: { status: number; body: unknown }) => {
    const asked: unknown[] = [];
    const page = await browsing.open(`/sign-up#verify=${secret}`, {
      before: async (context) => {
        await context.route(verified, async (route) => {
          asked.push(route.request().postDataJSON());
          await route.fulfill({ status: answer.status, json: answer.body });
        });
      },
    });
    await page.getByRole('heading', { name: 'Confirm your email' }).waitFor();
    return { page, asked };
  };

  it('uses nothing up before its reader says so, and keeps the secret out of the address', async () => {
    const { page, asked } = await open({ status: 201, body: made });
    expect(page.url()).not.toContain(secret);
    await expectAccessible(page);
    expect(asked).toEqual([]);
    await page.getByLabel('Password').fill('short');
    await expect.poll(() => page.getByRole('button', { name: 'Confirm and make' }).isDisabled()).toBe(true);
    await page.getByLabel('Password').fill('long enough');
    await page.getByRole('button', { name: 'Confirm and make' }).click();
    await page.getByRole('heading', { name: 'Your account is made' }).waitFor();
    expect(asked).toEqual([{ token: secret, password: 'long enough' }]);
    expect(await page.getByRole('textbox', { name: 'Account key' }).inputValue()).toBe(made.api_key);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  });

  it('says so when the link is too old', async () => {
    const page = await browsing.open(`/sign-up#verify=${secret}`);
    await page.getByRole('button', { name: 'Confirm and make' }).click();
    await page.getByText('This link has been used, or is too old').waitFor();
  });

  it('says what to do without a link', async () => {
    const page = await browsing.open('/sign-up');
    await page.getByText('This page is opened by the link of a mail').waitFor();
  });
});
