/** Names, labels and reasons that are markup, on every page; addresses that somebody has written by hand. */
import type { BrowserContext, Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { isFor } from '../../ui/src/page.ts';
import type { Audience } from '../../ui/src/session/may.ts';
import { addressesOf, deedsOfPages } from '../harness/browser/button-matrix.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, hostile, type Ids } from '../harness/browser/every-deed.ts';
import { asMember } from '../harness/browser/member.ts';
import { asPerson } from '../harness/browser/organisation-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { goWithin, watchRest } from '../harness/browser/settled.ts';

const pages = (await deedsOfPages()).map(({ page }) => page);

describeInBrowser(
  'what others have written',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
    });
    /** Whether a page shows it as text. Fails where it became anything else. */
    async function showsAsText(tab: Tab): Promise<boolean> {
      const found = await tab.evaluate(() => [document.images.length, document.title.includes('gone')]);
      expect([tab.url(), ...found]).toEqual([tab.url(), 0, false]);
      return (await tab.getByText(hostile).count()) > 0;
    }

    /** Whose pages, from where they begin, what shows it, and addresses that nothing of ours leads to with what they show. */
    interface Case {
      start: string;
      before: (context: BrowserContext) => Promise<void>;
      shows: string[];
      odd: [address: string, words: string][];
    }
    const refused = 'That was refused';
    const cases = (): Record<Audience, Case> => ({
      admin: {
        start: '/admin/queues/causes',
        before: asAdmin(browsing.platform),
        shows: [
          '/admin/queues',
          '/admin/queues/jobs/:jobId',
          '/console/customers',
          '/console/customers/:customerId',
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
        start: '/account',
        before: asMember(browsing.platform, ids['customerId']?.[0] ?? ''),
        shows: ['/', '/licence', '/keys'],
        odd: [
          ['/usage?range=constructor&field=toString', 'No usage in this time'],
          ['/usage?day=2036-01-01', 'No usage in this time'],
          ['/cost?period=2999-01-01T00:00:00.000Z', refused],
        ],
      },
      person: {
        start: '/organisation/export',
        before: asPerson(browsing.platform, 'org-admin'),
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

    it.each(['admin', 'account', 'person'] as const)(
      'is text on every page; ten years, the future and nonsense are answered in words (%s)',
      async (kind) => {
        const { start, before, shows, odd } = cases()[kind];
        const tab = await browsing.open(start, { before });
        const rests = watchRest(tab);
        await tab.locator('main h1').waitFor();
        const shown: string[] = [];
        let at = start;
        for (const page of pages.filter((one) => isFor(one, kind) && one.path !== start)) {
          for (const address of addressesOf(page, ids, kind)) {
            await goWithin(tab, address, page.path !== at && new URL(tab.url()).pathname !== address);
            await rests();
            at = page.path;
            if (await showsAsText(tab)) shown.push(page.path);
          }
        }
        expect(shown).toEqual(expect.arrayContaining(shows));
        for (const [address, words] of odd) {
          await tab.goto(address);
          await rests();
          expect(`${address} ${await tab.locator('main').textContent()}`).toContain(words);
        }
      },
    );
  },
  forEveryDeed,
);
