/** Every button × a customer's people, an organisation's people and a guest: shown to whom the server admits, refused to the rest. */
import type { BrowserContext, Page as Tab } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { type MemberRole, memberRoles, type Route } from '../../src/contracts/route.ts';
import { may } from '../../ui/src/session/may.ts';
import { deedsOfPages, expectedOn, mayOpen, offered, type Steps, type Who } from '../harness/browser/button-matrix.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { everyDeed, forEveryDeed, type Ids } from '../harness/browser/every-deed.ts';
import { asMemberTwice } from '../harness/browser/member.ts';
import { asPerson, tokenOf } from '../harness/browser/organisation-work.ts';
import { statusOf } from '../harness/browser/refusals.ts';
import { showChange } from '../harness/browser/subscription-work.ts';

const all = await deedsOfPages();
const everyRoute = [...new Map(all.flatMap(({ deeds }) => [...deeds])).values()];
const person: Who = { kind: 'person', admin_role: null, customer: null };
const member = (role: MemberRole): Who => ({
  kind: 'account',
  admin_role: null,
  customer: { customer_id: '', company_name: '', role },
});

/** What is bought already has other buttons than what is not. */
const steps: Steps = { '/plan': showChange };

describeInBrowser(
  'the buttons of customers and organisations',
  (browsing) => {
    let ids: Ids;
    beforeAll(async () => {
      ids = await everyDeed(browsing.platform);
    });

    /** What somebody is shown on every page that is theirs. */
    async function shownTo(tab: Tab, who: Who): Promise<Map<string, string[]>> {
      const shown = new Map<string, string[]>();
      for (const { page } of all.filter((one) => mayOpen(one.page, who)))
        shown.set(page.path, [...(await offered(tab, page, { ids, kind: who.kind, steps }))].sort());
      return shown;
    }
    /** Those of the routes that the server does not refuse. */
    async function admitted(tab: Tab, routes: readonly Route[], token?: string): Promise<string[]> {
      const found: string[] = [];
      const options = { ids, origin: browsing.platform.url, ...(token === undefined ? {} : { token }) };
      for (const route of routes) {
        const status = await statusOf(tab.request, route, options);
        if (status !== 403 && status !== 404) found.push(`${route.operation}: ${status}`);
      }
      return found;
    }
    const openAs = (path: string, before: (context: BrowserContext) => Promise<void>) =>
      browsing.open(path, { before });

    it.each(memberRoles)(
      'a %s of a customer is shown every button whose route admits that role, and no other',
      async (role) => {
        const who = member(role);
        const [customerId = ''] = ids['customerId'] ?? [];
        const tab = await openAs('/', asMemberTwice(browsing.platform, customerId, role));
        const expected = all
          .filter(({ page }) => mayOpen(page, who))
          .map((one): [string, string[]] => [one.page.path, expectedOn(one, who).sort()]);
        expect([...(await shownTo(tab, who))]).toEqual(expected);
        expect(
          await admitted(
            tab,
            everyRoute.filter((route) => !may(who, route)),
          ),
        ).toEqual([]);
      },
    );

    it('an org-admin is shown every button whose route admits people of organisations, and may press it', async () => {
      const tab = await openAs('/organisation', asPerson(browsing.platform, 'org-admin'));
      const shown = await shownTo(tab, person);
      const expected = all
        .filter(({ page }) => mayOpen(page, person))
        .map((one): [string, string[]] => [one.page.path, expectedOn(one, person).sort()]);
      expect([...shown]).toEqual(expected);
      const pressed = everyRoute.filter(({ operation }) => [...shown.values()].flat().includes(operation));
      for (const route of pressed)
        expect(await statusOf(tab.request, route, { ids, origin: browsing.platform.url })).not.toBe(403);
      expect(
        await admitted(
          tab,
          everyRoute.filter((route) => !may(person, route)),
        ),
      ).toEqual([]);
    });

    it('a project-user is shown no button: the server refuses that role what it lets an org-admin do', async () => {
      const tab = await openAs('/organisation', asPerson(browsing.platform, 'project-user'));
      expect([...(await shownTo(tab, person)).values()].flat()).toEqual([]);
      // One's own session is ended by signing out: there is no page of sessions here.
      expect(
        await admitted(
          tab,
          everyRoute.filter(({ operation }) => operation !== 'endSession'),
        ),
      ).toEqual([]);
    });

    it('a guest gets to no page, and the server refuses everything', async () => {
      const signsInAsGuest = asPerson(browsing.platform, 'guest');
      const tab = await browsing.open('/organisation', {
        before: async (context) => await expect(signsInAsGuest(context)).rejects.toThrow('was not signed in'),
      });
      await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await tab.locator('[data-operation]').count()).toBe(0);
      const token = await tokenOf(browsing.platform, 'guest');
      expect(await admitted(tab, everyRoute, token)).toEqual([]);
    });
  },
  forEveryDeed,
);
