/** The plan page: what is subscribed in words, other plans, what a change costs, and what becomes of paying. The journey is beside it. */
import type { BrowserContext } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { listPlans } from '../../src/contracts/routes/plans.ts';
import { cancelSubscription, readSubscription, upgradeSubscription } from '../../src/contracts/routes/subscriptions.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { type Api, apiOf } from '../harness/browser/api.ts';
import { type Before, describeInBrowser } from '../harness/browser/chromium.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { confirm, press } from '../harness/browser/hands.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asMember, withoutSignInLimits } from '../harness/browser/member.ts';
import { refusal } from '../harness/browser/stand-in-sessions.ts';
import { previewed, sellsPlans, withPreview, withSubscription } from '../harness/browser/subscription-work.ts';
import { dollars, hostileName } from '../harness/browser/words.ts';

describeInBrowser(
  'the plan page',
  (browsing) => {
    let admin: Api;
    let customerId: string;
    beforeAll(async () => {
      admin = apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
      customerId = await sellsPlans(browsing.platform, hostileName);
    });
    const as = (role: Parameters<typeof asMember>[2]) => asMember(browsing.platform, customerId, role);
    const open = (path: string, before: readonly Before[] = [], role: Parameters<typeof asMember>[2] = 'owner') =>
      browsing.open(path, { before: [as(role), ...before] });
    const refusing = (path: string, code: string, details: object) => async (context: BrowserContext) => {
      const json = { ...refusal(code, 'the payment is not made'), details };
      await context.route(`**${path}`, (route) => route.fulfill({ status: 402, json }));
    };

    it('has the plans that the API offers, with their prices, and the trial’s end', async () => {
      const page = await open('/plan');
      const { items } = await admin.call(listPlans, {});
      const offered = items.filter(({ plan }) => plan !== 'enterprise');
      expect(offered.length).toBeGreaterThan(1);
      for (const { name, fee_cents } of offered) {
        const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 3 }) });
        await card.getByText(`${dollars(fee_cents)} a month`).waitFor();
        await card.getByRole('button', { name: `Subscribe to ${name} by the month` }).waitFor();
      }
      expect(await page.getByRole('heading', { name: 'Enterprise' }).count()).toBe(0);
      const { subscription } = await admin.call(readSubscription, { params: { customerId } });
      await factOf(page, 'Trial ends')
        .getByText(`${subscription.trial_ends_at?.slice(0, 10)}`)
        .waitFor();
      await expectAccessible(page);
      await expectFits(page);
    });

    it('a viewer sees what there is and what it would cost, and no button', async () => {
      const page = await open('/plan', [withSubscription({}), withPreview()], 'viewer');
      await page.getByRole('link', { name: 'See what Professional costs, paid by the month' }).click();
      await page.getByText(dollars(previewed.due_now_cents)).waitFor();
      expect(await page.locator('button[data-operation]').count()).toBe(0);
    });

    it('a trial is cancelled and kept by the keyboard alone', async () => {
      const page = await open('/plan');
      await page.getByRole('button', { name: 'Cancel the subscription' }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Cancel with the end of the period?' });
      await dialog.getByRole('textbox').focus();
      await page.keyboard.type('not for us');
      await dialog.getByRole('button', { name: 'Cancel the subscription' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Keep the subscription' }).focus();
      const { subscription } = await admin.call(readSubscription, { params: { customerId } });
      expect(subscription.cancel_at).toBe(subscription.trial_ends_at);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Keep the subscription' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('It ends with the trial, unless').waitFor();
    });

    it('says of a change what Stripe asks for now and what usage comes to before and after it', async () => {
      const page = await open('/plan?to=professional', [withSubscription({}), withPreview()]);
      await rowsOf(page, 'What Stripe asks for').first().waitFor();
      expect(await rowsOf(page, 'What Stripe asks for').count()).toBe(previewed.stripe_lines.length);
      await factOf(page, 'Due now, before tax').getByText(dollars(5_833)).waitFor();
      await factOf(page, 'With the plan that you have').getByText(dollars(1_234)).waitFor();
      await factOf(page, 'With the new one').getByText(dollars(567)).waitFor();
      await page.getByText('This price stands for 15 minutes').waitFor();
      await expectAccessible(page);
      await expectFits(page);
    });

    it('asks for a price anew when it has expired, and orders by the moment of the new one', async () => {
      let asked = 0;
      const short = { proration_date: '2026-11-25T10:00:00.000Z', valid_until: '2026-11-25T10:00:02.000Z' };
      const bodies: unknown[] = [];
      const page = await open('/plan?to=professional', [
        withSubscription({}),
        async (context) => {
          await context.route('**/api/subscriptions/preview', (route) => {
            asked += 1;
            const later = { ...previewed, proration_date: '2026-11-25T10:00:02.000Z', due_now_cents: 5_832 };
            return route.fulfill({ json: asked === 1 ? { ...previewed, ...short } : later });
          });
          await context.route(`**${upgradeSubscription.path}`, (route) => {
            bodies.push(route.request().postDataJSON());
            return route.fulfill({ status: 409, json: refusal('preview_expired', 'the preview is too old') });
          });
        },
      ]);
      await factOf(page, 'Due now, before tax').getByText(dollars(5_832)).waitFor();
      await press(page, 'Upgrade to Professional now');
      await confirm(page, 'Go over to Professional now?', 'Upgrade to Professional now');
      await page.getByRole('alert').getByText('the preview is too old').waitFor();
      expect(bodies).toEqual([
        {
          customer_id: customerId,
          new_plan: 'professional',
          interval: 'month',
          proration_date: '2026-11-25T10:00:02.000Z',
        },
      ]);
    });

    it('leads to the bank’s page where a payment wants to be confirmed', async () => {
      const payment_url = 'https://pay.example/invoice';
      const page = await open('/plan?to=professional', [
        withSubscription({}),
        withPreview(),
        refusing(upgradeSubscription.path, 'payment_action_required', { payment_url }),
      ]);
      await press(page, 'Upgrade to Professional now');
      await confirm(page, 'Go over to Professional now?', 'Upgrade to Professional now');
      const link = page.getByRole('alert').getByRole('link', { name: 'To the payment, on Stripe’s page' });
      expect(await link.getAttribute('href')).toBe(payment_url);
      await expectAccessible(page);
    });

    it('does not lead to an address that is none of the web', async () => {
      const page = await open('/plan', [
        refusing(cancelSubscription.path, 'payment_failed', { payment_url: 'javascript:alert(1)' }),
      ]);
      await press(page, 'Cancel the subscription');
      await confirm(page, 'Cancel with the end of the period?', 'Cancel the subscription');
      await page.getByRole('alert').getByText('the payment is not made').waitFor();
      expect(await page.getByRole('alert').getByRole('link').count()).toBe(0);
    });

    it('a change that lies ahead is said with its day and can be taken back', async () => {
      const scheduled = { plan: 'starter', interval: 'month', effective_at: '2026-12-20T10:00:00.000Z' } as const;
      const page = await open('/plan', [withSubscription({ plan: 'professional', scheduled })]);
      await factOf(page, 'What lies ahead').getByText('It becomes Starter, paid by the month').waitFor();
      await factOf(page, 'What lies ahead').getByText('2026-12-20').waitFor();
      await page.getByRole('button', { name: 'Keep the plan' }).waitFor();
      await expectFits(page);
    });

    it('a payment that has failed is said with the day on which the instance stops', async () => {
      const page = await open('/plan', [
        withSubscription({ status: 'past_due', grace_ends_at: '2026-12-01T10:00:00.000Z' }),
      ]);
      await factOf(page, 'State').getByText('Payment is overdue').waitFor();
      await factOf(page, 'Pay until').getByText('2026-12-01').waitFor();
      await page.getByRole('button', { name: 'Cards and bills' }).waitFor();
    });

    it('names no day of a trial that is over, and nothing that lies ahead where all waits for a payment', async () => {
      const page = await open('/plan', [
        withSubscription({ status: 'suspended', suspended_for: 'unpaid', trial_ends_at: '2026-11-21T10:00:00.000Z' }),
      ]);
      await factOf(page, 'State').getByText('An invoice is not paid').waitFor();
      await factOf(page, 'Trial ends').getByText('Over, or there was none').waitFor();
      expect(await page.getByText('What lies ahead').count()).toBe(0);
    });

    it('says that Stripe is still telling us, and then that it has', async () => {
      let isKnown = false;
      const page = await open('/plan?checkout=done&session=cs_1', [
        async (context) => {
          await withSubscription({})(context);
          await context.route('**/api/subscriptions/cust_*', (route) =>
            isKnown ? route.fallback() : route.continue(),
          );
        },
      ]);
      await page.getByText('Stripe is telling us of your payment').waitFor();
      await expectAccessible(page);
      isKnown = true;
      await page.getByText('You are subscribed to Starter').waitFor();
      await page.getByRole('status').getByRole('button', { name: 'Close' }).click();
      await expect.poll(() => page.url()).toBe(`${browsing.platform.url}/plan`);
    });

    it('a preview that is refused says why and leads back', async () => {
      const page = await open('/plan?to=professional', [
        withSubscription({}),
        refusing('/api/subscriptions/preview', 'payment_failed', { payment_url: 'https://pay.example/invoice' }),
      ]);
      await page.getByText('the payment is not made').waitFor();
      await page.getByRole('link', { name: 'To the payment, on Stripe’s page' }).waitFor();
      await press(page, 'Leave it as it is');
      await page.getByText('the payment is not made').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Plans', level: 2 }).waitFor();
    });
  },
  { ...withoutSignInLimits, SIGNUP_PLANS: 'starter,professional' },
);
