/** A customer's owner from the trial to a plan that is paid, a higher one, the end and back: on the pages and Stripe's own. */
import { expect, it } from 'vitest';
import { previewChange, readSubscription } from '../../src/contracts/routes/subscriptions.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, confirm, press } from '../harness/browser/hands.ts';
import { factOf } from '../harness/browser/lists.ts';
import { asMember, withoutSignInLimits } from '../harness/browser/member.ts';
import { sellsPlans } from '../harness/browser/subscription-work.ts';
import { dollars } from '../harness/browser/words.ts';

describeInBrowser(
  'the way of a subscription',
  (browsing) => {
    it('leads from the trial through Stripe’s page to active, a higher plan, cancelled, and resumed', async () => {
      const { platform } = browsing;
      const admin = apiOf(platform.url, platform.ready.admin_token);
      const customerId = await sellsPlans(platform, 'Acme');
      const params = { customerId };
      const page = await browsing.open('/plan', {
        before: asMember(platform, customerId),
        expected: /a request to http:\/\/127\.0\.0\.1:/,
      });
      await arrive(page, 'Plan');
      await factOf(page, 'State').getByText('Trial', { exact: true }).waitFor();

      await press(page, 'Subscribe to Starter by the month');
      await page.getByRole('dialog').getByText(dollars(2900)).waitFor();
      await confirm(page, 'Subscribe to Starter?', 'Subscribe to Starter by the month');
      await page.getByRole('link', { name: 'Back, without subscribing' }).click();
      await page.getByText('Nothing was bought').waitFor();

      await press(page, 'Subscribe to Starter by the month');
      await confirm(page, 'Subscribe to Starter?', 'Subscribe to Starter by the month');
      await page.getByRole('button', { name: /Start the trial|Subscribe/ }).click();
      await page.getByText('You are subscribed to Starter').waitFor();
      await factOf(page, 'State').getByText('Active', { exact: true }).waitFor();
      const bought = (await admin.call(readSubscription, { params })).subscription;
      expect(bought).toMatchObject({ plan: 'starter', status: 'active' });
      expect(bought.stripe_subscription_id).not.toBeNull();
      await expectAccessible(page);

      await page.getByRole('link', { name: 'See what Professional costs, paid by the month' }).click();
      const shown = await admin.call(previewChange, { body: { customer_id: customerId, new_plan: 'professional' } });
      await factOf(page, 'Due now, before tax').getByText(dollars(shown.due_now_cents), { exact: true }).waitFor();
      await expectAccessible(page);
      await press(page, 'Upgrade to Professional now');
      await confirm(page, 'Go over to Professional now?', 'Upgrade to Professional now');
      await page.getByText('The plan is Professional now').waitFor();
      expect((await admin.call(readSubscription, { params })).subscription.plan).toBe('professional');

      await press(page, 'Cancel the subscription');
      await page.getByRole('dialog').getByRole('textbox').fill('too dear');
      await confirm(page, 'Cancel with the end of the period?', 'Cancel the subscription');
      await page.getByRole('button', { name: 'Keep the subscription' }).waitFor();
      const ends = (await admin.call(readSubscription, { params })).subscription.cancel_at;
      expect(ends).not.toBeNull();
      await factOf(page, 'What lies ahead')
        .getByText(`${ends?.slice(0, 10)}`)
        .waitFor();
      await press(page, 'Keep the subscription');
      await confirm(page, 'Take the cancellation back?', 'Keep the subscription');
      await page.getByText('It goes on by itself').waitFor();
      expect((await admin.call(readSubscription, { params })).subscription.cancel_at).toBeNull();
    });
  },
  { ...withoutSignInLimits, SIMULATED_JOB_MS: '0' },
);
