/** A customer's owner, from signing up to signing out, through every page of theirs: nothing stands in for anything. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readCost } from '../../src/contracts/routes/costs.ts';
import { createCustomer, readCustomer } from '../../src/contracts/routes/customers.ts';
import { readLicence } from '../../src/contracts/routes/licences.ts';
import { listMembers } from '../../src/contracts/routes/sessions.ts';
import { readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { moneyText } from '../../ui/src/money/money-text.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, confirm, follow, press, signInByPassword } from '../harness/browser/hands.ts';
import { mailedLink, withoutSignInLimits } from '../harness/browser/member.ts';
import { meterOf, withMinutes } from '../harness/browser/usage-work.ts';
import { eventually } from '../harness/eventually.ts';

const email = 'olga@acme.example';
const password = 'a long enough one';

async function signIn(page: Page): Promise<void> {
  await signInByPassword(page, email, password);
  await arrive(page, 'Overview');
}

describeInBrowser(
  'the way of a customer’s owner',
  (browsing) => {
    it('leads from signing up by a mailed link and a password to usage, cost, licence, keys, members, sessions and out', async () => {
      const { platform } = browsing;
      const admin = apiOf(platform.url, platform.ready.admin_token);
      const { customer } = await admin.call(createCustomer, { body: { email, company_name: 'Acme' } });
      const params = { customerId: customer.customer_id };
      const meter = await meterOf(platform, customer.customer_id);
      await meter.minute(30);
      await eventually(
        async () => (await admin.call(readCost, { params })).lines.some(({ quantity }) => Number(quantity) > 0),
        (isCounted) => isCounted,
      );

      const page = await browsing.open('/');
      await arrive(page, 'Sign in');
      await page.getByRole('tab', { name: 'Link by mail' }).click();
      await page.getByRole('textbox', { name: 'Email' }).fill(email);
      await press(page, 'Mail me a link');
      await page.getByText('If that email is known').waitFor();
      // From another document, as out of a mail: the page takes the link's secret out of the address at once.
      await page.goto('about:blank');
      await page.goto(`/sign-in#link=${await mailedLink(platform.dataDir, email)}`);
      await press(page, 'Sign in');
      await arrive(page, 'Overview');
      const { deployment } = await admin.call(readCustomer, { params });
      await page.getByRole('link', { name: deployment.instance_url }).waitFor();

      await follow(page, 'Your sign-in');
      await page.getByLabel('New password').fill(password);
      await press(page, 'Change the password');
      await page.getByText('The password is changed.').waitFor();
      await press(page, 'Sign out');
      await arrive(page, 'Sign in');
      await signIn(page);

      await follow(page, 'Usage');
      await page.getByRole('combobox', { name: 'Quantity' }).or(page.getByText('CPU, core-hours')).first().waitFor();
      const usage = await admin.call(readUsage, { params });
      expect(usage).toMatchObject({ totals: { cpu_hours: 30 } });
      await page.getByRole('grid', { name: 'Usage' }).getByText('30', { exact: true }).first().waitFor();

      await follow(page, 'Cost');
      const cost = await admin.call(readCost, { params });
      await page.getByText(`Total so far ${moneyText(cost.total_cents)}`).waitFor();

      await follow(page, 'Licence');
      const { decoded } = await admin.call(readLicence, { params });
      await page.getByText(decoded.customerName, { exact: true }).first().waitFor();

      await follow(page, 'Account keys');
      await press(page, 'Make a key');
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('robot');
      await confirm(page, 'Make an account key?', 'Make a key');
      const once = page.getByRole('dialog', { name: 'Your new account key' });
      const first = await once.getByRole('textbox', { name: 'Account key' }).inputValue();
      await confirm(page, 'Your new account key', 'I have kept it');
      const key = page.getByRole('row').filter({ hasText: 'robot' });
      await key.getByRole('button', { name: 'Rotate' }).click();
      await confirm(page, 'Make a new key in the place of this one?', 'Rotate');
      const second = await once.getByRole('textbox', { name: 'Account key' }).inputValue();
      await confirm(page, 'Your new account key', 'I have kept it');
      for (const secret of [first, second]) await apiOf(platform.url, secret).call(readCustomer, { params });
      await key.filter({ hasText: 'Works until' }).getByRole('button', { name: 'Revoke' }).click();
      await confirm(page, 'Revoke this key?', 'Revoke');
      await key.getByText('Revoked', { exact: true }).waitFor();
      await expect(apiOf(platform.url, first).call(readCustomer, { params })).rejects.toThrow();
      await apiOf(platform.url, second).call(readCustomer, { params });

      await follow(page, 'Members');
      await press(page, 'Add somebody');
      await page.getByRole('dialog').getByRole('textbox', { name: 'Email' }).fill('bill@acme.example');
      await confirm(page, 'Let somebody sign in?', 'Add somebody');
      await page.getByRole('row').filter({ hasText: 'bill@acme.example' }).getByText('Viewer').waitFor();
      const members = await admin.call(listMembers, { params });
      expect(members.items.map(({ email: theirs }) => theirs).sort()).toEqual(['bill@acme.example', email]);

      const elsewhere = await browsing.open('/');
      await signIn(elsewhere);
      await follow(page, 'Your sign-in');
      await press(page, 'End');
      await confirm(page, 'End this session?', 'End');
      await page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' });
      await elsewhere.reload();
      await arrive(elsewhere, 'Sign in');

      await press(page, 'Sign out');
      await arrive(page, 'Sign in');
      await page.goto('/keys');
      await arrive(page, 'Sign in');
    });
  },
  { ...withMinutes, ...withoutSignInLimits, SIMULATED_JOB_MS: '0' },
);
