/** Signing in where it goes wrong, on the API itself: passwords that are tried, a link twice, a session that ends while a page is open. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { makeAdminToken, revokeCredential } from '../../src/contracts/routes/credentials.ts';
import { createCustomer } from '../../src/contracts/routes/customers.ts';
import { signIn } from '../../src/contracts/routes/sessions.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, press, signInByPassword, signInByToken } from '../harness/browser/hands.ts';
import { asMember, invited } from '../harness/browser/member.ts';
import { queueWork, withoutProvisioner } from '../harness/browser/queue-work.ts';

const triesOfSomebodyElse = 100;

describeInBrowser(
  'signing in again',
  (browsing) => {
    const post = (data: object) =>
      fetch(`${browsing.platform.url}${signIn.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(data),
      });
    /** The seconds after which the page says that it may be tried again. */
    const secondsSaid = async (page: Page) => {
      const said = page.getByText(/Try again in \d+ seconds/);
      await said.waitFor();
      return Number(/(\d+) seconds/.exec((await said.textContent()) ?? '')?.[1]);
    };

    it('a link that is used a second time is said, with the way to a new one', async () => {
      const work = queueWork(browsing.platform);
      const { link } = await invited(browsing.platform, await work.customer('Brio'), 'viewer');
      const [first, second] = [await browsing.open('/sign-in'), await browsing.open('/sign-in')];
      for (const page of [first, second]) {
        await page.goto(`/sign-in#link=${link}`);
        await page.reload();
      }
      for (const page of [first, second]) await page.goto('about:blank');
      await first.goto(`/sign-in#link=${link}`);
      await press(first, 'Sign in');
      await arrive(first, 'Overview');
      await second.goto(`/sign-in#link=${link}`);
      await press(second, 'Sign in');
      await second.getByText('This link has been used, or is too old. Ask for a new one.').waitFor();
      await expectAccessible(second);
      await second.goto('/sign-in?way=link');
      await second.getByRole('button', { name: 'Mail me a link' }).waitFor();
    });

    it('a token that is revoked while its list is open asks to sign in, and the list is as it was', async () => {
      const work = queueWork(browsing.platform);
      for (const name of ['Cobalt', 'Cobra']) await work.customer(name);
      const address = '/admin/queues?state=waiting&q=Cob&sort=-company_name&limit=50';
      const make = () =>
        work.admin.call(makeAdminToken, { body: { name: `t-${crypto.randomUUID()}`, role: 'operator' } });
      const token = await make();
      const page = await browsing.open(address);
      await signInByToken(page, token.token);
      const rows = page.getByRole('grid', { name: 'Jobs' }).locator('tbody tr');
      const companies = async () => await rows.locator('[data-label="Company"]').allTextContents();
      await expect.poll(companies).toEqual(['Cobra', 'Cobalt']);
      await work.admin.call(revokeCredential, { params: { credentialId: token.credential_id } });
      await page.getByText('Your session has ended').waitFor();
      await expectAccessible(page);
      await signInByToken(page, (await make()).token);
      await page.waitForURL(`**${address}`);
      await expect.poll(companies).toEqual(['Cobra', 'Cobalt']);
      expect(await page.getByRole('textbox', { name: 'Customer, company or error' }).inputValue()).toBe('Cob');
    });

    it('a customer’s session that was ended elsewhere asks to sign in at the next thing that is done', async () => {
      const admin = queueWork(browsing.platform).admin;
      const { customer } = await admin.call(createCustomer, {
        body: { email: 'dora@example.com', company_name: 'Delta' },
      });
      const page = await browsing.open('/cost', { before: asMember(browsing.platform, customer.customer_id, 'owner') });
      await arrive(page, 'Cost');
      await page.context().clearCookies();
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Members' }).click();
      await page.getByText('Your session has ended').waitFor();
      const { link } = await invited(browsing.platform, customer.customer_id, 'viewer');
      await page.context().request.post(signIn.path, { data: { link } });
      await page.goto(new URL(page.url()).searchParams.get('return_to') ?? '/nowhere');
      await arrive(page, 'Members');
    });

    // The last: whoever comes from the same address waits, too.
    it('a wrong password is said as an unknown email is; after a hundred of them when it may be tried again', async () => {
      const work = queueWork(browsing.platform);
      const { email } = await invited(browsing.platform, await work.customer('Acme'), 'owner');
      const page = await browsing.open('/sign-in');
      for (const somebody of [email, 'nobody@example.com']) {
        await signInByPassword(page, somebody, 'wrong password');
        await page.getByText('That is not right. Check it and try again.').waitFor();
        await page.reload();
      }
      const tries = Array.from({ length: triesOfSomebodyElse }, (_, n) => post({ email, password: `wrong ${n}` }));
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([401, 429]));
      await signInByPassword(page, email, 'wrong password');
      const seconds = await secondsSaid(page);
      const { headers, status } = await post({ email, password: 'wrong password' });
      expect(status).toBe(429);
      expect(Math.abs(Number(headers.get('retry-after')) - seconds)).toBeLessThan(30);
      await expectAccessible(page);
    });
  },
  { ...withoutProvisioner, RATE_LIMIT_LINKS: 'off', SIGNUP_PLANS: 'starter' },
);
