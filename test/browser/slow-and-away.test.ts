/** A network that is slow or gone: nothing jumps while a page comes, what is shown is marked as old, and it goes on by itself. */
import type { BrowserContext, Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { resumeQueue } from '../../src/contracts/routes/queue-orders.ts';
import type { Audience } from '../../ui/src/session/may.ts';
import { apiOf } from '../harness/browser/api.ts';
import { addressesOf, deedsOfPages } from '../harness/browser/button-matrix.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, type Ids } from '../harness/browser/every-deed.ts';
import { asMember } from '../harness/browser/member.ts';
import { asPerson } from '../harness/browser/organisation-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { watchRest } from '../harness/browser/settled.ts';

/** Google's "good": https://web.dev/articles/cls */
const shiftMax = 0.1;
const slowMs = 400;
const pages = (await deedsOfPages()).map(({ page }) => page);

/** Before a page begins: adds up what moves in it. */
const watchShifts = (context: BrowserContext) =>
  context.addInitScript(() => {
    const shifts = { sum: 0, moved: [] as string[] };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources = [] } = entry as PerformanceEntry & {
          value: number;
          sources?: { node: Node | null }[];
        };
        shifts.sum += value;
        for (const { node } of sources)
          shifts.moved.push(`${value.toFixed(3)} ${(node as Element | null)?.outerHTML?.slice(0, 120)}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });

const shiftsOf = (tab: Tab) =>
  tab.evaluate(() => (window as unknown as { shifts: { sum: number; moved: string[] } }).shifts);

describeInBrowser(
  'a network that is slow or gone',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
      // The alert of a pause is no everyday sight.
      const { ready } = browsing.platform;
      const body = { cluster_id: ready.cluster_id, reason: 'as on other days' };
      await apiOf(ready.url, ready.admin_token).call(resumeQueue, { body });
    });
    const signIns: Record<Audience, () => (context: BrowserContext) => Promise<void>> = {
      admin: () => asAdmin(browsing.platform),
      account: () => asMember(browsing.platform, ids['customerId']?.[0] ?? ''),
      person: () => asPerson(browsing.platform, 'org-admin'),
    };

    it.each(['admin', 'account', 'person'] as const)(
      'nothing jumps while the pages of an %s come slowly',
      async (kind) => {
        const tab = await browsing.open('/sign-in', {
          before: async (context) => {
            await signIns[kind]()(context);
            await watchShifts(context);
            await context.route('**/api/**', async (route) => {
              await new Promise((resolve) => setTimeout(resolve, slowMs));
              await route.continue().catch(() => {});
            });
          },
        });
        const rests = watchRest(tab);
        const jumping: unknown[] = [];
        for (const page of pages.filter(({ audience }) => audience === kind)) {
          const [address = ''] = addressesOf(page, ids, kind);
          await tab.goto(address);
          await rests();
          const { sum, moved } = await shiftsOf(tab);
          if (sum >= shiftMax) jumping.push([page.path, sum, ...moved]);
        }
        expect(jumping).toEqual([]);
      },
    );

    it('offline, what is shown is marked as old; with a network again, all goes on by itself', async () => {
      const tab = await browsing.open('/admin/queues', {
        before: asAdmin(browsing.platform),
        expected: /dynamically imported module/,
      });
      const rows = tab.getByRole('grid', { name: 'Jobs' }).locator('tbody tr a');
      await rows.first().waitFor();
      const before = await rows.count();
      await tab.context().setOffline(true);
      await tab.getByText('Not up to date').first().waitFor();
      expect(await rows.count()).toBe(before);
      await tab.getByRole('link', { name: 'History' }).click();
      await tab.getByText('There is no network.').waitFor();
      await tab.context().setOffline(false);
      await tab.getByRole('grid', { name: 'Jobs by hour' }).waitFor();
      await tab.goBack();
      await rows.first().waitFor();
      expect(await tab.getByText('Not up to date').count()).toBe(0);
    });
  },
  forEveryDeed,
);
