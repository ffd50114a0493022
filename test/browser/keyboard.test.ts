/** Without a mouse, from signing in to something that is done, for each kind of people. */
import type { BrowserContext, Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { listAccountKeys } from '../../src/contracts/routes/account-keys.ts';
import { listBillingProjects } from '../../src/contracts/routes/organisation-billing.ts';
import { listPauses } from '../../src/contracts/routes/queue.ts';
import { changePassword, signIn } from '../../src/contracts/routes/sessions.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, type Ids } from '../harness/browser/every-deed.ts';
import { arrive } from '../harness/browser/hands.ts';
import { invited } from '../harness/browser/member.ts';
import { organisation } from '../harness/browser/organisation-work.ts';

/** More than any page has between its beginning and a button. */
const tabsMax = 80;

/** Goes on with Tab until what has the focus is called that. @param isField a field is meant, not a button of that name */
async function tabTo(tab: Tab, name: string, isField = false): Promise<void> {
  for (let pressed = 0; pressed < tabsMax; pressed++) {
    await tab.keyboard.press('Tab');
    const isThere = await tab.evaluate(
      ([wanted, isInput]) => {
        const at = document.activeElement as HTMLInputElement | null;
        if (isInput && at?.tagName !== 'INPUT') return false;
        const called = [at?.getAttribute('aria-label'), at?.labels?.[0]?.textContent, at?.textContent];
        return called.some((text) => text?.replace(/\s*\*\s*$/, '').trim() === wanted);
      },
      [name, isField] as const,
    );
    if (isThere) return;
  }
  throw new Error(`no Tab leads to ${name}`);
}
async function tabAndEnter(tab: Tab, name: string): Promise<void> {
  await tabTo(tab, name);
  await tab.keyboard.press('Enter');
}
async function tabAndType(tab: Tab, name: string, text: string): Promise<void> {
  await tabTo(tab, name, true);
  await tab.keyboard.type(text);
}

describeInBrowser(
  'the keyboard alone',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
    });
    const admin = () => apiOf(browsing.platform.url, browsing.platform.ready.admin_token);

    it('signs staff in by token, and resumes the queue', async () => {
      const tab = await browsing.open('/sign-in?way=staff&return_to=/admin/queues/history');
      await arrive(tab, 'Sign in');
      await tabAndType(tab, 'Admin token', browsing.platform.ready.admin_token);
      await tab.keyboard.press('Enter');
      await arrive(tab, 'History of the queue');
      await tabAndEnter(tab, 'Resume');
      await tab.getByRole('dialog').waitFor();
      await tabAndType(tab, 'Reason, for the audit log', 'it is well');
      await tabAndEnter(tab, 'Resume');
      await tab.getByRole('dialog').waitFor({ state: 'detached' });
      expect((await admin().call(listPauses, {})).paused).toEqual([]);
    });

    it('signs a customer’s owner in by password, and makes a key', async () => {
      const params = { customerId: ids['customerId']?.[0] ?? '' };
      const { email, link } = await invited(browsing.platform, params.customerId, 'owner');
      const password = 'a long enough one';
      const tab = await browsing.open('/sign-in?return_to=/keys', {
        before: async (context: BrowserContext) => {
          const headers = { origin: browsing.platform.url };
          await context.request.post(signIn.path, { data: { link } });
          await context.request.put(changePassword.path, { data: { new: password }, headers });
          await context.clearCookies();
        },
      });
      await arrive(tab, 'Sign in');
      await tabAndType(tab, 'Email', email);
      await tabAndType(tab, 'Password', password);
      await tab.keyboard.press('Enter');
      await arrive(tab, 'Account keys');
      await tabAndEnter(tab, 'Make a key');
      await tab.getByRole('dialog').waitFor();
      await tabAndType(tab, 'Name, so that you know it again (optional)', 'by-keyboard');
      await tabAndEnter(tab, 'Make a key');
      await tab.getByRole('dialog', { name: 'Your new account key' }).waitFor();
      await tabAndEnter(tab, 'I have kept it');
      await tab.getByRole('dialog').waitFor({ state: 'detached' });
      const { items } = await admin().call(listAccountKeys, { params });
      expect(items.map(({ name }) => name)).toContain('by-keyboard');
    });

    it('signs an organisation’s admin in at their issuer, and adds a label', async () => {
      const { oidc_issuer: issuer, oidc_password: password } = browsing.platform.ready;
      const [namespace = ''] = ids['namespace'] ?? [];
      const back = encodeURIComponent(`/organisation/projects/${namespace}`);
      const tab = await browsing.open(`/sign-in?way=organisation&return_to=${back}`, {
        expected: new RegExp(`^a request to ${issuer}/`),
      });
      await arrive(tab, 'Sign in');
      await tabAndType(tab, 'Short name of your organisation', organisation);
      await tab.keyboard.press('Enter');
      await tab.getByRole('combobox', { name: 'Who' }).waitFor();
      await tab.keyboard.press('Tab');
      await tab.keyboard.type('org-admin');
      await tab.keyboard.press('Tab');
      await tab.keyboard.type(password ?? '');
      await tab.keyboard.press('Enter');
      await tab.getByRole('button', { name: 'Edit labels' }).waitFor();
      await tabAndEnter(tab, 'Edit labels');
      await tab.getByRole('dialog').waitFor();
      await tabAndEnter(tab, 'Add a label');
      await tabAndType(tab, 'Key 2', 'owner');
      await tabAndType(tab, 'Value 2', 'ann');
      await tabAndEnter(tab, 'Edit labels');
      await tab.getByRole('dialog').waitFor({ state: 'detached' });
      const { data } = await admin().call(listBillingProjects, { query: { organisation, q: namespace } });
      expect(data.items[0]?.labels['owner']).toBe('ann');
    });
  },
  forEveryDeed,
);
