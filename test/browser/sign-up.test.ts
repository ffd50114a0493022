/** The page that a signup's mailed link leads to. What the API does stands in test/src/customers/verified-signup.test.ts. */
import { expect, it } from 'vitest';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';

const secret = 'a-secret-of-a-mailed-link';
const verified = '**/api/customers/signup/verify';

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
    const { page, asked } = await open({ status: 201, body: { success: true, api_key: 'cust_1_the-key' } });
    expect(page.url()).not.toContain(secret);
    await expectAccessible(page);
    expect(asked).toEqual([]);
    await page.getByLabel('Password').fill('short');
    await expect.poll(() => page.getByRole('button', { name: 'Confirm and make' }).isDisabled()).toBe(true);
    await page.getByLabel('Password').fill('long enough');
    await page.getByRole('button', { name: 'Confirm and make' }).click();
    await page.getByRole('heading', { name: 'Your account is made' }).waitFor();
    expect(asked).toEqual([{ token: secret, password: 'long enough' }]);
    expect(await page.getByRole('textbox', { name: 'Account key' }).inputValue()).toBe('cust_1_the-key');
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
