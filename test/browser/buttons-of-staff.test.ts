/** Every button × every role of staff: shown to whom its route admits, refused by the server to everybody else. */
import { beforeAll, expect, it } from 'vitest';
import { roles } from '../../src/contracts/route.ts';
import { checkOut, openPortal } from '../../src/contracts/routes/subscriptions.ts';
import { isFor } from '../../ui/src/page.ts';
import {
  deedsOfPages,
  expectedOn,
  mayOpen,
  offered,
  type PageDeeds,
  type Steps,
  type Who,
} from '../harness/browser/button-matrix.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, type Ids, withRefusedOutbox } from '../harness/browser/every-deed.ts';
import { withHeldInvoice } from '../harness/browser/invoice-work.ts';
import { statusOf } from '../harness/browser/refusals.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { withDrift, withEvent } from '../harness/browser/stripe-work.ts';
import { showChange } from '../harness/browser/subscription-work.ts';
import { shippedPlansYaml } from '../harness/plans.ts';

const all = await deedsOfPages();
const theirs = all.filter(({ page }) => isFor(page, 'admin'));
const admin = (role: (typeof roles)[number]): Who => ({ kind: 'admin', admin_role: role, customer: null });

/** Staff makes links to Stripe's pages by command (`customer upgrade`) and sends them; who pays follows them, so the console has no such button. */
const byCommand: readonly string[] = [checkOut.operation, openPortal.operation];

const steps: Steps = {
  '/console/catalogue/change': async (tab) => {
    await tab.getByRole('textbox', { name: 'plans.yaml' }).fill(shippedPlansYaml);
    await tab.getByRole('button', { name: 'Check' }).click();
    await tab.getByText('The file is well-formed').waitFor();
  },
  '/console/customers/:customerId': async (tab) => {
    if (new URL(tab.url()).searchParams.get('tab') === 'subscription') await showChange(tab);
  },
};

describeInBrowser(
  'the buttons of staff',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
    });

    it('no page has a button that nobody who may open it is shown', async () => {
      const hidden = ({ page, deeds }: PageDeeds) =>
        [...deeds.values()]
          .filter(
            (route) =>
              !roles.some(
                (role) =>
                  mayOpen(page, admin(role)) && expectedOn({ page, deeds }, admin(role)).includes(route.operation),
              ),
          )
          .map(({ operation }) => `${page.path} ${operation}`);
      expect(theirs.flatMap(hidden)).toEqual([]);
    });

    it.each(roles)('a %s is shown every button whose route admits that role, and no other', async (role) => {
      const who = admin(role);
      const tab = await browsing.open('/console/reviews', {
        before: async (context) => {
          await asAdmin(browsing.platform, role)(context);
          await withRefusedOutbox(context);
          await withDrift()(context);
          await withHeldInvoice(context);
          await withEvent({ state: 'dead' })(context);
        },
      });
      const shown: [string, string[]][] = [];
      const expected: [string, string[]][] = [];
      for (const one of theirs.filter(({ page }) => mayOpen(page, who))) {
        const operations = await offered(tab, one.page, { ids, kind: 'admin', steps });
        shown.push([one.page.path, [...operations].sort()]);
        expected.push([one.page.path, expectedOn(one, who).sort()]);
      }
      expect(shown).toEqual(expected);
      const offeredAtAll = new Set(shown.flatMap(([, operations]) => operations));
      const { url: origin } = browsing.platform;
      const admitted: string[] = [];
      for (const route of new Map(all.flatMap(({ deeds }) => [...deeds])).values()) {
        if (offeredAtAll.has(route.operation) || byCommand.includes(route.operation)) continue;
        const status = await statusOf(tab.request, route, { ids, origin });
        if (status !== 403 && status !== 404) admitted.push(`${route.operation}: ${status}`);
      }
      expect(admitted).toEqual([]);
    });
  },
  forEveryDeed,
);
