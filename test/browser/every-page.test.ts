/** Every page of everybody, visited once: nothing jumps, all can be read and fits, others' words are text, failures are said. */
import type { Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { resumeQueue } from '../../src/contracts/routes/queue-orders.ts';
import { isFor, type Page } from '../../ui/src/page.ts';
import type { Audience } from '../../ui/src/session/may.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { addressesOf, deedsOfPages } from '../harness/browser/button-matrix.ts';
import { type Before, describeInBrowser, desktop } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, hostile, type Ids, withRefusedOutbox } from '../harness/browser/every-deed.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { asMember } from '../harness/browser/member.ts';
import { asPerson } from '../harness/browser/organisation-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { goWithin, watchRest } from '../harness/browser/settled.ts';
import { withDrift, withEvent } from '../harness/browser/stripe-work.ts';
import { saidOfFailure, shiftsOf, skyOf, tabsOf } from '../harness/browser/visit.ts';

/** Google's "good": https://web.dev/articles/cls */
const shiftMax = 0.1;
const pages = (await deedsOfPages()).map(({ page }) => page);

/** Pages that show the hostile names, and addresses that nothing of ours leads to with what they show. */
interface Case {
  before: Before[];
  shows: string[];
  odd: [address: string, words: string][];
}
const refused = 'That was refused';

describeInBrowser(
  'every page',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
      // The alert of a pause is no everyday sight.
      const { ready } = browsing.platform;
      const body = { cluster_id: ready.cluster_id, reason: 'as on other days' };
      await apiOf(ready.url, ready.admin_token).call(resumeQueue, { body });
    });
    const cases = (): Record<Audience, Case> => ({
      admin: {
        before: [asAdmin(browsing.platform), withRefusedOutbox, withDrift(), withEvent({ state: 'dead' })],
        shows: [
          '/admin/queues',
          '/admin/queues/jobs/:jobId',
          '/console/customers',
          '/console/customers/:customerId',
          '/console/gaps',
          '/console/organisations',
          '/organisation',
        ],
        odd: [
          ['/admin/queues/history?hours=87600', 'Last 24 hours'],
          ['/admin/queues?page=99999&limit=7&sort=nothing&state=lost', 'Nothing matches'],
          ['/console/customers?page=1e9&status=constructor', 'page: must be at most'],
        ],
      },
      account: {
        before: [asMember(browsing.platform, ids['customerId']?.[0] ?? '')],
        shows: ['/', '/licence', '/keys'],
        odd: [
          ['/usage?range=constructor&field=toString', 'No usage in this time'],
          ['/usage?day=2036-01-01', 'No usage in this time'],
          ['/cost?period=2999-01-01T00:00:00.000Z', refused],
        ],
      },
      person: {
        before: [asPerson(browsing.platform, 'org-admin')],
        shows: [
          '/organisation',
          '/organisation/projects/:namespace',
          '/organisation/summary',
          '/organisation/attribution',
          '/organisation/keys',
        ],
        odd: [
          ['/organisation/summary?month=2999-01', refused],
          ['/organisation/summary?month=constructor', refused],
          [`/organisation/projects/${ids['namespace']?.[0]}?range=decade`, 'This month by day'],
        ],
      },
    });

    /** Whether a page shows what others wrote as text. Fails where it became anything else. */
    async function showsAsText(tab: Tab): Promise<boolean> {
      const found = await tab.evaluate(() => [document.images.length, document.title.includes('gone')]);
      expect([tab.url(), ...found]).toEqual([tab.url(), 0, false]);
      return (await tab.getByText(hostile).count()) > 0;
    }

    it.each(['admin', 'account', 'person'] as const)('of an %s holds in every weather', async (kind) => {
      const { before, shows, odd } = cases()[kind];
      const sky = skyOf();
      const tab = await browsing.open('/sign-in', { before: [...before, sky.install] });
      const rests = watchRest(tab);
      const shown = new Set<string>();
      const wrong: unknown[] = [];

      async function look(page: Page, inDark: boolean): Promise<void> {
        await rests();
        if (await showsAsText(tab)) shown.add(page.path);
        await expectAccessible(tab);
        if (inDark) {
          await tab.emulateMedia({ colorScheme: 'dark' });
          await tab.locator('html.pf-v6-theme-dark').waitFor();
          await expectAccessible(tab);
          await tab.emulateMedia({ colorScheme: 'light' });
        }
        await expectFits(tab);
        await tab.setViewportSize(desktop);
      }
      async function visit(page: Page): Promise<void> {
        const [first = '', ...others] = addressesOf(page, ids, kind);
        sky.is = 'slow';
        await tab.goto(first);
        await rests();
        const { sum, moved } = await shiftsOf(tab);
        if (sum >= shiftMax) wrong.push([page.path, sum, ...moved]);
        sky.is = 'well';
        await look(page, true);
        const tabs = (await tabsOf(tab)).filter((address) => address !== first);
        for (const address of new Set([...others, ...tabs])) {
          await goWithin(tab, address, false);
          await look(page, false);
        }
        Object.assign(sky, { is: 'failing', failed: 0 });
        await tab.goto(first);
        await rests().catch(() => wrong.push([page.path, 'still loads while the API fails']));
        const said = await saidOfFailure(tab, sky);
        if (said !== null && (said.titles !== 1 || said.requests === 0 || said.tries === 0))
          wrong.push([page.path, said]);
      }

      const own = pages.filter((page) => isFor(page, kind) && page.path !== '/console');
      // An organisation's pages are theirs; staff looks at the first of them only.
      for (const page of own.filter(({ audience, path }) => audience === kind || path === '/organisation'))
        await visit(page);
      expect(wrong).toEqual([]);
      expect([...shown]).toEqual(expect.arrayContaining(shows));
      sky.is = 'well';
      for (const [address, words] of odd) {
        await tab.goto(address);
        await rests();
        expect(`${address} ${await tab.locator('main').textContent()}`).toContain(words);
      }
    });
  },
  forEveryDeed,
);
