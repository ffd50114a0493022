/** The frame of every page: signing in and out, coming back to where one was, looks, keyboard, phone. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser, phone } from '../harness/browser/chromium.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { asAdmin } from '../harness/browser/session.ts';
import {
  adminSession,
  memberSession,
  personSession,
  refusal,
  standInSessions,
} from '../harness/browser/stand-in-sessions.ts';

const deep = '/admin/queues?state=failed&q=acme';
const secret = 'a-secret-of-a-mailed-link';

async function signInByToken(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Admin token' }).click();
  await page.getByRole('textbox', { name: 'Admin token' }).fill('a-token');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describeInBrowser('the frame of the pages', (browsing) => {
  const open = async (path: string, sessions = standInSessions(adminSession('owner')), options = {}) => {
    const { admin_token: token } = browsing.platform.ready;
    const page = await browsing.open(path, {
      before: async (context) => {
        await context.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
        await sessions.install(context);
      },
      ...options,
    });
    return { page, sessions };
  };
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

  it('a deep link survives signing in, with everything in its address', async () => {
    const { page, sessions } = await open(deep);
    await heading(page, 'Sign in').waitFor();
    await expectAccessible(page);
    expect(new URL(page.url()).searchParams.get('return_to')).toBe(deep);
    await signInByToken(page);
    await page.waitForURL(`**${deep}`);
    await page.getByText('Nothing matches').waitFor();
    expect(sessions.asked).toEqual([{ admin_token: 'a-token' }]);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain('a-token');
  });

  it('the API’s own session is signed in with a token, and signed out of', async () => {
    const page = await browsing.open('/sign-in?error=no_access&return_to=%2Fadmin%2Fqueues');
    await page.getByText('You are signed in there, but have no role here').waitFor();
    await page.getByRole('tab', { name: 'Admin token' }).click();
    await page.getByRole('textbox', { name: 'Admin token' }).fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not right').waitFor();
    await page.getByRole('textbox', { name: 'Admin token' }).fill(browsing.platform.ready.admin_token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, 'Queue').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in').waitFor();
    await page.goBack();
    await heading(page, 'Sign in').waitFor();
  });

  it('a session that ends while a page is open is signed in again, and the page is where it was', async () => {
    const sessions = standInSessions(adminSession('owner'));
    sessions.current = adminSession('owner');
    let isEnded = false;
    const { page } = await open(deep, sessions, {});
    await page.getByText('Nothing matches').waitFor();
    await page
      .context()
      .route('**/api/queue/**', (route) =>
        isEnded ? route.fulfill({ status: 401, json: refusal('unauthenticated', 'no') }) : route.continue(),
      );
    isEnded = true;
    sessions.current = null;
    await page.getByText('Your session has ended').waitFor();
    isEnded = false;
    await signInByToken(page);
    await page.waitForURL(`**${deep}`);
    await page.getByText('Nothing matches').waitFor();
  });

  it.each([
    { kind: 'staff', session: adminSession('viewer'), home: '/console/customers' },
    { kind: 'a customer’s people', session: memberSession, home: '/' },
    { kind: 'an organisation’s people', session: personSession, home: '/organisation' },
  ])('$kind begin at $home', async ({ session, home }) => {
    const { page } = await open('/sign-in', standInSessions(session));
    await signInByToken(page);
    await page.waitForURL(`**${home}`);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').first().waitFor();
    expect(new URL(page.url()).pathname).toBe(home);
  });

  it('leads to no other host after signing in', async () => {
    for (const elsewhere of ['https://evil.example/', '//evil.example/x', '/\\evil.example', '/sign-in']) {
      const { page } = await open(`/sign-in?${new URLSearchParams({ return_to: elsewhere })}`);
      await signInByToken(page);
      await page.waitForURL('**/console/customers');
    }
  });

  it('the secret of a mailed link is in no address, and used when its reader says so', async () => {
    const sessions = standInSessions(adminSession('owner'));
    const customer = { customer_id: `cust_${'1'.repeat(32)}`, company_name: 'Acme <i>', role: 'owner' };
    sessions.answer = (body) =>
      (body as { customer_id?: string }).customer_id === undefined
        ? { status: 200, json: { success: true, choose: [customer] } }
        : { status: 401, json: refusal('unauthenticated', 'used') };
    const sent: string[] = [];
    const { page } = await open('/sign-in', sessions);
    page.on('request', (request) => sent.push(request.url(), request.headers()['referer'] ?? ''));
    await page.goto(`/sign-in#link=${secret}`);
    await page.reload();
    await page.goto('about:blank');
    await page.goto(`/sign-in#link=${secret}`);
    const button = page.getByRole('button', { name: 'Sign in' });
    await button.waitFor();
    expect(page.url()).not.toContain(secret);
    expect(sessions.asked).toEqual([]);
    await button.click();
    await page.getByRole('button', { name: 'Acme <i>' }).click();
    await page.getByText('This link has been used').waitFor();
    expect(sessions.asked).toEqual([{ link: secret }, { link: secret, customer_id: customer.customer_id }]);
    expect(sent.filter((text) => text.includes(secret) && !text.includes('#'))).toEqual([]);
    await expectAccessible(page);
  });

  it('a wrong password, too many of them, and an unknown email are said in the same words for everybody', async () => {
    const sessions = standInSessions(adminSession('owner'));
    sessions.answer = () => ({ status: 401, json: refusal('unauthenticated', 'no') });
    const { page } = await open('/sign-in', sessions);
    await page.getByRole('textbox', { name: 'Email' }).fill('ann@example.com');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not right').waitFor();
    sessions.answer = () => ({ status: 429, json: refusal('rate_limited', 'no'), headers: { 'retry-after': '42' } });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Try again in 42 seconds').waitFor();
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Link by mail' }).click();
    await page.getByRole('textbox', { name: 'Email' }).fill('nobody@example.com');
    await page.getByRole('button', { name: 'Mail me a link' }).click();
    await page.getByText('If that email is known').waitFor();
  });

  it('an organisation’s people go to the Worker, which leads to their own sign-in page', async () => {
    const { page } = await open(`/sign-in?${new URLSearchParams({ return_to: '/organisation?q=x' })}`);
    const started: string[] = [];
    await page.route('**/api/sessions/oidc/start*', (route) => {
      started.push(route.request().url());
      return route.fulfill({ contentType: 'text/plain', body: 'the issuer' });
    });
    await page.getByRole('tab', { name: 'Organisation' }).click();
    await page.getByRole('textbox', { name: 'Short name' }).fill('acme-ltd');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('the issuer').waitFor();
    const query = new URL(started[0] ?? '').searchParams;
    expect(Object.fromEntries(query)).toEqual({ organisation: 'acme-ltd', return_to: '/organisation?q=x' });
  });

  it('follows the system’s look until another is chosen, which stays', async () => {
    const page = await browsing.open('/admin/queues', { before: asAdmin(browsing.platform) });
    const isDark = () => page.evaluate(() => document.documentElement.classList.contains('pf-v6-theme-dark'));
    await heading(page, 'Queue').waitFor();
    expect(await isDark()).toBe(false);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(isDark).toBe(true);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Light' }).click();
    expect(await isDark()).toBe(false);
    await page.reload();
    await heading(page, 'Queue').waitFor();
    expect(await isDark()).toBe(false);
  });

  it('the keyboard alone skips to the page, signs out and in', async () => {
    const sessions = standInSessions(adminSession('owner'));
    sessions.current = adminSession('owner');
    const { page } = await open('/admin/queues', sessions);
    await heading(page, 'Queue').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await page.getByRole('button', { name: 'Sign out' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Email and password' }).focus();
    for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('textbox', { name: 'Admin token' }).waitFor();
    await page.getByRole('textbox', { name: 'Admin token' }).focus();
    await page.keyboard.type('a-token');
    await page.keyboard.press('Enter');
    await heading(page, 'Customers').waitFor();
  });

  it('on a phone the navigation is behind its button, and the sign-in page fits', async () => {
    const page = await browsing.open('/admin/queues', { before: asAdmin(browsing.platform), viewport: phone });
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Queue' });
    await heading(page, 'Queue').waitFor();
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Pages of Tenantry' }).click();
    await link.click();
    await expect.poll(() => link.isVisible()).toBe(false);
    const { page: outside } = await open('/sign-in');
    await heading(outside, 'Sign in').waitFor();
    await expectFits(outside);
    await expectAccessible(outside);
  });

  it('an address without a page, and a page for others, say so', async () => {
    const page = await browsing.open('/nowhere', { before: asAdmin(browsing.platform) });
    await heading(page, 'There is no such page').waitFor();
    await page.getByRole('button', { name: 'To the first page' }).click();
    await page.waitForURL('**/console/customers');
    const sessions = standInSessions(memberSession);
    sessions.current = memberSession;
    const { page: theirs } = await open('/admin/queues', sessions);
    await heading(theirs, 'This page is for others').waitFor();
    await expectAccessible(theirs);
  });

  it('a file of an older build that is gone makes the page load itself anew, once', async () => {
    let isGone = true;
    const expected = /MIME type|dynamically imported|ChunkLoad|Failed to load module/;
    const page = await browsing.open('/sign-in', {
      expected,
      before: async (context) => {
        await asAdmin(browsing.platform)(context);
        await context.route('**/assets/jobs-page-*.js', (route) =>
          isGone ? route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }) : route.continue(),
        );
      },
    });
    let loads = 0;
    page.on('domcontentloaded', () => {
      loads += 1;
    });
    await page.goto('/admin/queues');
    await heading(page, 'This page has failed').waitFor();
    await expect.poll(() => loads).toBe(2);
    await page.getByText('There is a newer version of these pages').waitFor();
    isGone = false;
    await page.getByRole('button', { name: 'Reload' }).click();
    await heading(page, 'Queue').waitFor();
  });
});
