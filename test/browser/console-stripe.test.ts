/** Events of Stripe, drift, invariants and a customer's subscription as staff sees them; and the console while there is nobody. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readInvariants } from '../../src/contracts/routes/drift.ts';
import { cancelSubscription, readSubscription } from '../../src/contracts/routes/subscriptions.ts';
import { listEvents, replayEvents } from '../../src/contracts/routes/webhooks.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { type Api, apiOf } from '../harness/browser/api.ts';
import { type Before, describeInBrowser } from '../harness/browser/chromium.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { confirm, press } from '../harness/browser/hands.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { withoutSignInLimits } from '../harness/browser/member.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { difference, event, withDrift, withEvent, withInvariants } from '../harness/browser/stripe-work.ts';
import { sellsPlans, subscribe, withPreview, withSubscription } from '../harness/browser/subscription-work.ts';
import { eventually } from '../harness/eventually.ts';

const nothing = { items: [], total: 0, page: 1, limit: 20 };

describeInBrowser(
  'console: Stripe',
  (browsing) => {
    let admin: Api;
    const open = (path: string, before: readonly Before[] = [], role: Parameters<typeof asAdmin>[1] = 'owner') =>
      browsing.open(path, { before: [asAdmin(browsing.platform, role), ...before] });
    beforeAll(() => {
      admin = apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
    });

    it('says where nothing has come and nothing differs, what would be there', async () => {
      // The platform's prices are made when it starts, of which Stripe tells.
      const events = await open('/console/webhooks', [
        (context) => context.route('**/api/webhooks/events?*', (route) => route.fulfill({ json: nothing })),
      ]);
      await events.getByText('Stripe has told us nothing yet').waitFor();
      await expectAccessible(events);
      const drift = await open('/console/drift');
      await drift.getByText('No differences').waitFor();
      await expectAccessible(drift);
    });

    it('says who will be among the customers while there is nobody, and leads there from the first address', async () => {
      const page = await open('/console');
      await page.waitForURL('**/console/customers');
      await page.getByText('A customer appears here when').waitFor();
      await expectAccessible(page);
    });

    it('says that no review and nothing refused waits, and what would', async () => {
      const reviews = await open('/console/reviews');
      await reviews.getByText('Nothing waits. A report that lowers usage').waitFor();
      await expectAccessible(reviews);
      const outbox = await open('/console/outbox');
      await outbox.getByText('The other side has refused nothing: everything is sent by itself.').waitFor();
      await expectAccessible(outbox);
    });

    describe('with a customer who has bought', () => {
      let customerId: string;
      beforeAll(async () => {
        customerId = await sellsPlans(browsing.platform, 'Acme');
        await subscribe(browsing.platform, customerId);
        await eventually(
          async () => await admin.call(listEvents, { query: { customer_id: customerId, state: 'processed' } }),
          ({ total }) => total > 3,
        );
      }, 120_000);

      it('events are as many as the API says, found by state, customer and words, and open as text', async () => {
        const page = await open(`/console/webhooks?customer_id=${customerId}`);
        await page.getByText(`Customer: ${customerId}`).waitFor();
        const query = { customer_id: customerId, state: 'processed' as const };
        await page.getByRole('combobox', { name: 'State' }).selectOption('processed');
        await page.waitForURL('**state=processed*');
        await rowsOf(page, 'Events of Stripe').first().waitFor();
        const { total } = await admin.call(listEvents, { query });
        await expect.poll(() => rowsOf(page, 'Events of Stripe').count()).toBe(Math.min(total, 20));
        await page.getByRole('textbox', { name: 'Event, object, customer or type' }).fill('checkout.session.completed');
        await page.waitForURL('**q=checkout*');
        await expect.poll(() => rowsOf(page, 'Events of Stripe').count()).toBe(1);
        await expectAccessible(page);
        await page.getByRole('link', { name: 'checkout.session.completed' }).click();
        await page.getByLabel('As it was signed').getByText('"object": "checkout.session"').waitFor();
        await factOf(page, 'State').getByText('Done', { exact: true }).waitFor();
        await expectAccessible(page);
        await expectFits(page);
      });

      it('an event that meant nothing is processed again, by the keyboard alone', async () => {
        const { items } = await eventually(
          async () => await admin.call(listEvents, { query: { state: 'ignored' } }),
          ({ total }) => total > 0,
        );
        const [ignored] = items;
        const page = await open(`/console/webhooks/${ignored?.event_id}`);
        await page.getByRole('button', { name: 'Process again' }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').getByRole('button', { name: 'Process again' }).focus();
        await page.keyboard.press('Enter');
        await page.getByText('It waits for its turn.').waitFor();
      });

      it('asks Stripe for what has not come, and shows how far it is', async () => {
        const page = await open('/console/webhooks');
        await press(page, 'Catch up');
        await confirm(page, 'Ask Stripe for what has not come?', 'Catch up');
        await page
          .getByText(/Done: \d+ of \d+|\d+ of \d+ done/)
          .first()
          .waitFor();
        await expectFits(page);
      });

      it('compares, and says how much was compared', async () => {
        const page = await open('/console/drift');
        await press(page, 'Compare now');
        await confirm(page, 'Compare our rows with Stripe?', 'Compare now');
        await page.getByText(/The comparison \S+ is under way/).waitFor();
        await expectAccessible(page);
      });

      it('rules are checked, and as many hold as the API says', async () => {
        const page = await open('/console/invariants');
        await press(page, 'Check now');
        await confirm(page, 'Check every rule now?', 'Check now');
        await rowsOf(page, 'Rules of the ledger').first().waitFor();
        const { items } = await admin.call(readInvariants, {});
        expect(items.length).toBeGreaterThan(5);
        expect(items.filter(({ ok }) => !ok)).toEqual([]);
        await page.getByText(`All ${items.length} rules hold.`).waitFor();
        expect(await rowsOf(page, 'Rules of the ledger').count()).toBe(items.length);
        await expectAccessible(page);
        await expectFits(page);
      });

      it('an operator cancels and resumes the customer’s subscription, with a reason', async () => {
        const page = await open(`/console/customers/${customerId}?tab=subscription`, [], 'operator');
        const read = async () => (await admin.call(readSubscription, { params: { customerId } })).subscription;
        await factOf(page, 'At Stripe')
          .getByText(`${(await read()).stripe_subscription_id}`)
          .waitFor();
        await press(page, 'Cancel the subscription');
        await page.getByRole('dialog').getByRole('textbox').fill('they wrote');
        await confirm(page, 'Cancel with the end of the period?', 'Cancel the subscription');
        await page.getByRole('button', { name: 'Keep the subscription' }).waitFor();
        expect((await read()).cancel_at).not.toBeNull();
        await press(page, 'Keep the subscription');
        await confirm(page, 'Take the cancellation back?', 'Keep the subscription');
        await page.getByRole('button', { name: 'Keep the subscription' }).waitFor({ state: 'detached' });
        expect((await read()).cancel_at).toBeNull();
        await page.getByRole('link', { name: 'See what Enterprise costs, paid by the month' }).click();
        await page.getByRole('button', { name: 'Upgrade to Enterprise now' }).waitFor();
        await expectAccessible(page);
        await expectFits(page);
      });
    });

    it('an event that was given up is said with its error, and all of them are processed again', async () => {
      const asked: unknown[] = [];
      const page = await open('/console/webhooks', [
        withEvent(),
        async (context) => {
          await context.route(`**${replayEvents.path}`, (route) => {
            asked.push(route.request().postDataJSON());
            return route.fulfill({ status: 202, json: { batch_id: `bat_${'1'.repeat(32)}`, events: 1 } });
          });
        },
      ]);
      await rowsOf(page, 'Events of Stripe').getByText('Given up').waitFor();
      await rowsOf(page, 'Events of Stripe').getByText('stripe_unavailable').waitFor();
      await expectFits(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await press(page, 'Process given up ones again');
      await confirm(page, 'Process all events again that were given up?', 'Process given up ones again');
      await expect.poll(() => asked).toEqual([{ state: 'dead' }]);
      await page.goto(`/console/webhooks/${event.event_id}`);
      await page.getByText('<b>Stripe does not answer</b>').waitFor();
      await page.getByText('<script>1</script>').waitFor();
      await expectFits(page);
    });

    it('a difference is mended after a look at what that does, with a reason', async () => {
      const decided: Parameters<typeof withDrift>[0] = [];
      const page = await open('/console/drift', [withDrift(decided)]);
      await page.getByText('Last compared: 4242 objects, 1 difference, at').waitFor();
      await expectFits(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await press(page, 'Fix');
      const dialog = page.getByRole('dialog', { name: 'Mend this difference?' });
      await dialog.getByText(`This will ${difference.fix}.`).waitFor();
      await dialog.getByText('It can be mended now.').waitFor();
      expect(decided.map(({ isPreview }) => isPreview)).not.toContain(false);
      await dialog.getByRole('textbox').fill('Stripe is right');
      await expectAccessible(page);
      await confirm(page, 'Mend this difference?', 'Fix');
      await page.getByText('No differences').waitFor();
      expect(decided.filter(({ isPreview }) => !isPreview)).toEqual([
        { path: `/api/drift/${difference.drift_id}/fix`, body: { reason: 'Stripe is right' }, isPreview: false },
      ]);
    });

    it('a difference is let be, with a reason', async () => {
      const decided: Parameters<typeof withDrift>[0] = [];
      const page = await open('/console/drift', [withDrift(decided)]);
      await press(page, 'Ignore');
      await page.getByRole('dialog').getByRole('textbox').fill('known');
      await confirm(page, 'Let this difference be?', 'Ignore');
      await page.getByText('No differences').waitFor();
      expect(decided).toMatchObject([{ path: `/api/drift/${difference.drift_id}/ignore`, body: { reason: 'known' } }]);
    });

    it('a rule that is broken comes first, with the rows that break it', async () => {
      const checked_at = '2026-11-21T02:00:00.000Z';
      const customer = `cust_${'3'.repeat(32)}`;
      const rows = [{ customer_id: customer, start_at: 1_763_000_000_000 }];
      const page = await open('/console/invariants', [
        withInvariants([
          { name: 'a_rule_that_holds', ok: true, rows: [], checked_at },
          { name: 'periods_do_not_overlap', ok: false, rows, checked_at },
        ]),
      ]);
      await page.getByText('1 of 2 rules is broken.').waitFor();
      const first = rowsOf(page, 'Rules of the ledger').first();
      await first.getByText('Broken by 1 row').waitFor();
      expect(await first.getByRole('link', { name: customer }).getAttribute('href')).toContain(customer);
      await first.getByText('start_at: 1763000000000').waitFor();
      await expectFits(page);
      await expectAccessible(page);
    });

    it('a viewer reads all of it, and is shown no button', async () => {
      const before = [withEvent(), withDrift(), withSubscription({}), withPreview()];
      for (const [path, ready] of [
        ['/console/webhooks', event.type],
        [`/console/webhooks/${event.event_id}`, event.type],
        ['/console/drift', difference.expected],
        ['/console/invariants', 'Rules that our own ledger must keep'],
      ] as const) {
        const page = await open(path, before, 'viewer');
        await page.getByText(ready).first().waitFor();
        expect(await page.locator('button[data-operation]').count()).toBe(0);
      }
    });

    it('an operation that Stripe refuses is said by its words', async () => {
      const customerId = await sellsPlans(browsing.platform, 'Cobalt');
      const page = await open(`/console/customers/${customerId}?tab=subscription`, [
        async (context) => {
          await context.route(`**${cancelSubscription.path}`, (route) =>
            route.fulfill({
              status: 503,
              json: { success: false, code: 'stripe_unavailable', message: 'Stripe does not answer' },
            }),
          );
        },
      ]);
      await press(page, 'Cancel at once');
      await confirm(page, 'Cancel at once?', 'Cancel at once');
      await page.getByRole('alert').getByText('Stripe does not answer').waitFor();
    });
  },
  withoutSignInLimits,
);
