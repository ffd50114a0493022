/** A network that is slow or gone: nothing jumps while a page comes, what is shown is marked as old, and it goes on by itself. */
import type { BrowserContext, Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { isFor } from '../../ui/src/page.ts';
import type { Audience } from '../../ui/src/session/may.ts';
import { addressesOf, deedsOfPages } from '../harness/browser/button-matrix.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, type Ids } from '../harness/browser/every-deed.ts';
import { arrive } from '../harness/browser/hands.ts';
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
        const { value, sources = [] } = entry as PerformanceEntry & { value: number; sources?: { node: Node | null }[] };
        shifts.sum += value;
        for (const { node } of sources) shifts.moved.push(`${value.toFixed(3)} ${(node as Element | null)?.outerHTML?.slice(0, 120)}`);
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
    });
    const signIns: Record<Audience, () => (context: BrowserContext) => Promise<void>> = {
      admin: () => asAdmin(browsing.platform),
      account: () => asMember(browsing.platform, ids['customerId']?.[0] ?? ''),
      person: () => asPerson(browsing.platform, 'org-admin'),
    };

    it.each(['admin', 'account', 'person'] as const)('nothing jumps while the pages of an %s come slowly', async (kind) => {
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
    });

    it('offline, what is shown is marked as old; back again, it goes on by itself', async () => {
      const tab = await browsing.open('/admin/queues', { before: asAdmin(browsing.platform) });
      const rows = tab.getByRole('grid', { name: 'Jobs' }).locator('tbody tr a');
      await rows.first().waitFor();
      const before = await rows.count();
      await tab.context().setOffline(true);
      await tab.getByText('Not up to date').first().waitFor();
      expect(await rows.count()).toBe(before);
      await tab.getByRole('link', { name: 'History' }).click();
      await tab.getByText('The server did not answer').waitFor();
      await tab.context().setOffline(false);
      await tab.getByRole('button', { name: 'Try again' }).click();
      await tab.getByRole('grid', { name: 'Jobs by hour' }).waitFor();
      await tab.goBack();
      await arrive(tab, 'Queue');
      await tab.getByText('Not up to date').first().waitFor({ state: 'detached' });
    });

    it('an answer of 500 is said with its request, on every page, and another try is had', async () => {
      const request_id = 'req_00000000000000000000000000000009';
      const problem = { success: false, error: 'x', code: 'internal', message: 'a mistake of ours', details: {} };
      for (const kind of ['admin', 'account', 'person'] as const) {
        const tab = await browsing.open('/sign-in', { before: signIns[kind]() });
        const rests = watchRest(tab);
        for (const page of pages.filter((one) => one.audience === kind && isFor(one, kind))) {
          let isBroken = true;
          await tab.context().route(/\/api\/(?!sessions\/current)/, async (route) => {
            if (isBroken && route.request().method() === 'GET')
              await route.fulfill({ status: 500, json: { ...problem, timestamp: '', request_id } });
            else await route.fallback();
          });
          const [address = ''] = addressesOf(page, ids, kind);
          await tab.goto(address);
          await rests();
          const said = `${page.path} ${await tab.locator('main').textContent()}`;
          // A page that asks for nothing before something is pressed has nothing to say.
          const asks = (await tab.getByRole('button', { name: 'Try again' }).count()) > 0;
          if (asks) expect(said).toContain(request_id);
          isBroken = false;
          for (let left = await tab.getByRole('button', { name: 'Try again' }).count(); left > 0; left--) {
            await tab.getByRole('button', { name: 'Try again' }).first().click();
            await rests();
            if ((await tab.getByRole('button', { name: 'Try again' }).count()) === 0) break;
          }
          expect(`${page.path} ${await tab.locator('main').textContent()}`).not.toContain(request_id);
          await tab.context().unroute(/\/api\/(?!sessions\/current)/);
        }
      }
    });
  },
  forEveryDeed,
);
