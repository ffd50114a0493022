/** People of an organisation whose token's time passes while a page is open: they sign in again and are where they were. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { demoApi } from '../../dev/demo/api.ts';
import { watchBilling } from '../../src/contracts/routes/organisation-billing.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, press } from '../harness/browser/hands.ts';
import { asPerson, organisation, organisationWork } from '../harness/browser/organisation-work.ts';
import { withMinutes } from '../harness/browser/usage-work.ts';

/** Longer than the issuer's tokens are good for. */
const later = '9h';

describeInBrowser(
  'a token whose time passes',
  (browsing) => {
    const open = (path: string) => {
      const expected = new RegExp(`^a request to ${browsing.platform.ready.oidc_issuer}/`);
      return browsing.open(path, { before: asPerson(browsing.platform, 'org-admin'), expected });
    };
    const passes = () =>
      demoApi(browsing.platform.ready, new AbortController().signal).clock({ advance: later, hold: false });

    async function signInAgain(page: Page): Promise<void> {
      await page.getByText('Your session has ended').waitFor();
      await page.getByRole('tab', { name: 'Organisation' }).click();
      await page.getByRole('textbox', { name: 'Short name of your organisation' }).fill(organisation);
      await press(page, 'Continue');
      await page.getByRole('combobox', { name: 'Who' }).selectOption('org-admin');
      await page.getByLabel('Password').fill(browsing.platform.ready.oidc_password ?? '');
      await press(page, 'Sign in');
    }

    it('asks to sign in at the next thing that is done, and leads there', async () => {
      const page = await open('/organisation/export');
      await arrive(page, 'Export');
      await passes();
      const parts = page.getByRole('navigation', { name: 'Parts of organisation billing' });
      await parts.getByRole('link', { name: 'Audit' }).click();
      await signInAgain(page);
      await page.waitForURL('**/organisation/audit');
      await arrive(page, 'Audit');
    });

    it('ends live figures with 4401, asks to sign in at once, and shows the same live list again', async () => {
      const shop = await organisationWork(browsing.platform).project('Shop', { team: 'commerce' });
      await shop.use(10);
      const address = '/organisation?label=team%3Acommerce&sort=-current_month_total';
      const page = await open('/organisation/export');
      const seen = { opened: 0, closed: [] as number[] };
      await page.routeWebSocket(`**${watchBilling.path}*`, (socket) => {
        seen.opened += 1;
        socket.connectToServer().onClose((code, reason = '') => {
          // One that its page has left has no code.
          if (code === undefined) return;
          seen.closed.push(code);
          void socket.close({ code, reason });
        });
      });
      await page.goto(address);
      const project = page.getByRole('link', { name: shop.namespace });
      await project.waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await passes();
      // What is told to nobody who may no longer hear it.
      await shop.use(20);
      await page.getByText('Your session has ended').waitFor();
      expect(seen).toEqual({ opened: 1, closed: [4401] });
      await signInAgain(page);
      await page.waitForURL(`**${address}`);
      await project.waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
    });
  },
  withMinutes,
);
