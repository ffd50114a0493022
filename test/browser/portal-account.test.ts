/** What a customer's people see and do: licence, account keys, members, their own sessions and password. */
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { listAccountKeys } from '../../src/contracts/routes/account-keys.ts';
import { readBilling } from '../../src/contracts/routes/billing.ts';
import { grantCredit } from '../../src/contracts/routes/credits.ts';
import { createCustomer, readCustomer } from '../../src/contracts/routes/customers.ts';
import { listLicences, readLicence } from '../../src/contracts/routes/licences.ts';
import { listMembers, signIn } from '../../src/contracts/routes/sessions.ts';
import type { StatementPayload } from '../../src/contracts/statements.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { type Api, apiOf } from '../harness/browser/api.ts';
import { describeInBrowser, type OpenOptions } from '../harness/browser/chromium.ts';
import { rowsOf } from '../harness/browser/lists.ts';
import { asMember, invited, withoutSignInLimits } from '../harness/browser/member.ts';
import { refusal } from '../harness/browser/stand-in-sessions.ts';
import { hostileName } from '../harness/browser/words.ts';
import { makeStatement } from '../harness/statement.ts';

describeInBrowser(
  'a customer’s account',
  (browsing) => {
    let admin: Api;
    let params: { customerId: string };
    beforeAll(async () => {
      admin = apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
      const body = { email: 'owner@example.com', company_name: hostileName, plan: 'starter' };
      const made = await admin.call(createCustomer, { body });
      params = { customerId: made.customer.customer_id };
    });
    const as = (role: Parameters<typeof asMember>[2]) => asMember(browsing.platform, params.customerId, role);
    const open = (path: string, options: OpenOptions = {}) => browsing.open(path, { before: as('owner'), ...options });
    const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });

    it('the licence is said in words, copied whole, and has its history', async () => {
      const toCopy = (context: BrowserContext) => context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await open('/licence', { before: [as('viewer'), toCopy] });
      const { license, decoded } = await admin.call(readLicence, { params });
      await page.getByText(decoded.customerName, { exact: true }).first().waitFor();
      const devices = page.locator('dl > div').filter({ hasText: 'Devices' }).first();
      expect(await devices.textContent()).toContain(String(decoded.features['maxDevices']));
      await page.getByRole('button', { name: 'Copy: Licence' }).click();
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(license);
      const { history } = await admin.call(listLicences, { params });
      const rows = rowsOf(page, 'Licences until now');
      await expect.poll(() => rows.count()).toBe(history.length);
      await expectAccessible(page);
    });

    it('billing says what happens at the cap in words, and takes a cap, settings and the reason of a credit', async () => {
      await admin.call(grantCredit, { params, body: { amount_cents: 4990, reason: hostileName } });
      const page = await open('/billing');
      await page.getByText('You have $49.90 of credit').waitFor();
      await rowsOf(page, 'Entries of your credit').getByText(hostileName).waitFor();
      await page.getByText('No cap is set').waitFor();
      await page.getByRole('button', { name: 'Set the cap' }).click();
      const cap = dialogOf(page, 'Set a spend cap?');
      await cap.getByText('Your instance is stopped until you raise the cap').waitFor();
      await cap.getByRole('spinbutton').fill('29');
      await cap.getByRole('button', { name: 'Set the cap' }).click();
      await cap.getByRole('alert').getByText('must be at least 2901').waitFor();
      await cap.getByRole('spinbutton').fill('200');
      await cap.getByRole('button', { name: 'Set the cap' }).click();
      await page.getByText('$0.00, 0 % of the cap').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Change the settings' }).click();
      const settings = dialogOf(page, 'Change the billing settings?');
      await settings.getByRole('textbox', { name: 'Purchase order number' }).fill('PO-7');
      await settings.getByRole('textbox', { name: 'Street and number' }).fill('Unter den Linden 1');
      await settings.getByRole('textbox', { name: 'Country' }).fill('de');
      await expectAccessible(page);
      await settings.getByRole('button', { name: 'Change the settings' }).click();
      await page.getByText('Unter den Linden 1, DE').waitFor();
      const { billing } = await admin.call(readBilling, { params });
      expect(billing).toMatchObject({ po_number: 'PO-7', address: { line1: 'Unter den Linden 1', country: 'DE' } });
      // An address that nobody touches is not set again: Stripe may have a newer one.
      await page.getByRole('button', { name: 'Change the settings' }).click();
      await settings.getByRole('textbox', { name: 'Purchase order number' }).fill('PO-8');
      const saved = page.waitForRequest((request) => request.method() === 'PUT');
      await settings.getByRole('button', { name: 'Change the settings' }).click();
      expect((await saved).postDataJSON()).toEqual({ billing_email: null, po_number: 'PO-8', tax_ids: [] });
      const viewer = await open('/billing', { before: as('viewer') });
      await viewer.getByText('$0.00, 0 % of the cap').waitFor();
      expect(await viewer.locator('button[data-operation]').count()).toBe(0);
    });

    it('a bill is checked in the browser: a right one, a wrong one, and what is none', async () => {
      const made = await makeStatement();
      const mine = (change: Partial<StatementPayload> = {}) =>
        made.again((payload) => ({ ...payload, customer_id: params.customerId, ...change }));
      const withKeys = (context: BrowserContext) =>
        context.route('**/.well-known/statement-keys.json', (route) => route.fulfill({ json: made.keys }));
      const page = await open('/account/statements', { before: [as('viewer'), withKeys] });
      const file = page.getByLabel('A statement that you have saved');
      const upload = async (bytes: Uint8Array) =>
        await file.setInputFiles({ name: 'bill.gz', mimeType: 'application/gzip', buffer: Buffer.from(bytes) });
      await upload(await mine());
      await page.getByText(/The bill is right: \$[\d,.]+ before tax/).waitFor();
      await page.getByText('The signature is by one of our published keys.').waitFor();
      const line = rowsOf(page, 'Lines of the bill').filter({ hasText: 'CPU' });
      expect(await line.textContent()).toContain('Right');
      await expectAccessible(page);
      await upload(await mine({ total_cents: 1 }));
      await page.getByText('the total is $0.01', { exact: false }).waitFor();
      await expectAccessible(page);
      await upload(made.bytes);
      await page.getByText(`and not of ${params.customerId}`, { exact: false }).waitFor();
      await upload(made.bytes.slice(0, -30));
      await page.getByText('cut short', { exact: false }).waitFor();
      await upload(await mine({ version: 3 as 2 }));
      await page.getByText('of version 3, and this program reads version 2', { exact: false }).waitFor();
      const other = await makeStatement();
      await upload(await other.again((payload) => ({ ...payload, customer_id: params.customerId })));
      await page.getByText('which is not among the keys given', { exact: false }).waitFor();
      // One that is not final has no statement yet: the API's own words.
      await page.goto(new URL(`/account/statements?invoice=inv_${'0'.repeat(32)}`, page.url()).href);
      await page.getByRole('button', { name: 'Fetch and check the statement' }).click();
      await page.getByRole('alert').waitFor();
    });

    it('a key is made and shown once, works, is rotated, and revoked', async () => {
      const page = await open('/keys');
      await rowsOf(page, 'Account keys').first().waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Make a key' }).click();
      const asked = dialogOf(page, 'Make an account key?');
      await asked.getByText('You see it once').waitFor();
      await asked.getByRole('textbox', { name: 'Name' }).fill('robot');
      await asked.getByRole('button', { name: 'Make a key' }).click();
      const once = dialogOf(page, 'Your new account key');
      const secret = await once.getByRole('textbox', { name: 'Account key' }).inputValue();
      await expectAccessible(page);
      await apiOf(browsing.platform.url, secret).call(readCustomer, { params });
      await once.getByRole('button', { name: 'I have kept it' }).click();
      await once.waitFor({ state: 'detached' });
      expect(await page.content()).not.toContain(secret);
      const row = page.getByRole('row').filter({ hasText: 'robot' }).first();
      await row.getByRole('button', { name: 'Rotate' }).click();
      await dialogOf(page, 'Make a new key in the place of this one?').getByRole('button', { name: 'Rotate' }).click();
      await once.getByRole('button', { name: 'I have kept it' }).click();
      await page.getByText('Works until').waitFor();
      const { items } = await admin.call(listAccountKeys, { params });
      expect(items.filter(({ rotated_to }) => rotated_to !== null)).toMatchObject([{ name: 'robot' }]);
      const rotated = page.getByRole('row').filter({ hasText: 'Works until' });
      await rotated.getByRole('button', { name: 'Revoke' }).click();
      await dialogOf(page, 'Revoke this key?').getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('Revoked', { exact: true }).waitFor();
      const refused = apiOf(browsing.platform.url, secret).call(readCustomer, { params });
      await expect(refused).rejects.toThrow();
      await page.getByRole('button', { name: 'Make a key' }).click();
      await asked.getByRole('textbox', { name: 'Name' }).fill('guest');
      await asked.getByLabel('Last day on which it works').fill('2099-12-30');
      await expectAccessible(page);
      await asked.getByRole('button', { name: 'Make a key' }).click();
      await once.getByRole('button', { name: 'I have kept it' }).click();
      await rowsOf(page, 'Account keys').filter({ hasText: 'guest' }).getByText('2099').first().waitFor();
      const { items: after } = await admin.call(listAccountKeys, { params });
      expect(after.find(({ name }) => name === 'guest')?.expires_at).toBe('2099-12-31T00:00:00.000Z');
    });

    it('somebody is added and removed by the keyboard alone; the last owner stays', async () => {
      const page = await open('/members');
      const rows = rowsOf(page, 'Members');
      await rows.first().waitFor();
      expect(await rows.count()).toBe((await admin.call(listMembers, { params })).total);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Add somebody' }).focus();
      await page.keyboard.press('Enter');
      const asked = dialogOf(page, 'Let somebody sign in?');
      expect(await asked.getByRole('button', { name: 'Add somebody' }).isDisabled()).toBe(true);
      await asked.getByRole('textbox', { name: 'Email' }).focus();
      await page.keyboard.type('new@example.com');
      await page.keyboard.press('Tab');
      await page.keyboard.type('Billing');
      await asked.getByRole('button', { name: 'Add somebody' }).focus();
      await page.keyboard.press('Enter');
      const row = page.getByRole('row').filter({ hasText: 'new@example.com' });
      await row.getByText('Billing').waitFor();
      await row.getByRole('button', { name: 'Remove' }).focus();
      await page.keyboard.press('Enter');
      await dialogOf(page, 'Remove this member?').getByRole('button', { name: 'Remove' }).focus();
      await page.keyboard.press('Enter');
      // While a dialog is open nothing beside it has a role: that the button or row has gone would say nothing.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await row.waitFor({ state: 'detached' });
      expect((await admin.call(listMembers, { params })).items.map(({ email }) => email)).not.toContain(
        'new@example.com',
      );
    });

    it.each(['viewer', 'billing'] as const)(
      'a %s sees everything and no button that only an owner may press',
      async (role) => {
        for (const path of ['/keys', '/members']) {
          const page = await open(path, { before: as(role) });
          await page.getByRole('grid').locator('tbody tr').first().waitFor();
          expect(await page.locator('[data-operation]').count()).toBe(0);
        }
      },
    );

    it('a session elsewhere is ended here, and the password changed: the old one is refused, the new one signs in', async () => {
      const { email, link } = await invited(browsing.platform, params.customerId, 'billing');
      const page = await browsing.open('/account', {
        before: async (context) => {
          const answer = await context.request.post(signIn.path, { data: { link } });
          expect(answer.status()).toBe(201);
        },
      });
      await page.getByText(`You are signed in as ${email}.`).waitFor();
      await page.getByText('This one').waitFor();
      await expectAccessible(page);
      await page.getByLabel('New password').fill('short');
      expect(await page.getByRole('button', { name: 'Change the password' }).isDisabled()).toBe(true);
      await page.getByLabel('New password').fill('a long enough one');
      await page.getByRole('button', { name: 'Change the password' }).click();
      await page.getByText('The password is changed.').waitFor();
      const elsewhere = await fetch(`${browsing.platform.url}${signIn.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'a long enough one' }),
      });
      expect(elsewhere.status).toBe(201);
      await page.reload();
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await dialogOf(page, 'End this session?').getByRole('button', { name: 'End' }).click();
      await page.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' });
      const cookie = elsewhere.headers.get('set-cookie')?.split(';')[0] ?? '';
      const gone = await fetch(`${browsing.platform.url}/api/sessions/current`, { headers: { cookie } });
      expect(gone.status).toBe(401);
    });

    it('a new customer is told that there is no usage yet', async () => {
      const page = await open('/usage');
      await page.getByText('No usage in this time').waitFor();
      await page.getByText('No gaps: everything that was expected').waitFor();
      await expectAccessible(page);
    });

    it('a licence that was revoked is said, and the history is still there', async () => {
      const page = await open('/licence', {
        before: [
          as('viewer'),
          async (context) => {
            await context.route(`**/api/licenses/${params.customerId}`, (route) =>
              route.fulfill({ status: 410, json: refusal('licence_revoked', 'the licence is revoked') }),
            );
          },
        ],
      });
      await page.getByText('the licence is revoked').first().waitFor();
      await page.getByRole('grid', { name: 'Licences until now' }).waitFor();
      await expectAccessible(page);
    });
  },
  withoutSignInLimits,
);
