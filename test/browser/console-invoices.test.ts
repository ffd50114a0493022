/** Invoices, lines that wait for approval and the billing brake, as staff sees and decides them. */
import { expect, it } from 'vitest';
import { demoApi } from '../../dev/demo/api.ts';
import type { Role } from '../../src/contracts/route.ts';
import { listHolds, listInvoices, readBrake, readInvoice } from '../../src/contracts/routes/invoices.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { type Before, describeInBrowser } from '../harness/browser/chromium.ts';
import { confirm, press } from '../harness/browser/hands.ts';
import { forInvoices, liveMonth } from '../harness/browser/invoice-work.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { expectToldOfTrouble, troubledApi } from '../harness/browser/troubled-api.ts';
import { dollars, hostileName } from '../harness/browser/words.ts';
import { eventually } from '../harness/eventually.ts';

let params = { customerId: '' };

describeInBrowser(
  'console: invoices',
  (browsing) => {
    const admin = () => apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
    const open = (path: string, role: Role = 'owner', ...before: Before[]) =>
      browsing.open(path, { before: [asAdmin(browsing.platform, role), ...before] });
    const heldOne = async () => {
      const [held] = (await admin().call(listHolds, {})).items;
      if (held === undefined) throw new Error('no line is held');
      return held;
    };

    it('are listed, searched and filtered by state and day; a viewer decides nothing', async () => {
      const page = await open('/console/invoices', 'viewer');
      const { items, total } = await admin().call(listInvoices, {});
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(total);
      await expectAccessible(page);
      const [newest] = items;
      const day = newest?.created_at.slice(0, 10) ?? '';
      await page.getByLabel('Made from (UTC)').fill(day);
      await page.waitForURL(`**/console/invoices?from=${day}`);
      const from = await admin().call(listInvoices, { query: { from: `${day}T00:00:00.000Z` } });
      expect(from.total).toBeLessThan(total);
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(from.total);
      await page.goto(new URL(`/console/invoices?q=${newest?.invoice_id}&state=held`, page.url()).href);
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(1);
      await rowsOf(page, 'Invoices').getByRole('link', { name: 'No number yet' }).click();
      await factOf(page, 'Id')
        .getByText(newest?.invoice_id ?? '')
        .waitFor();
      await rowsOf(page, 'Lines that wait for approval').first().waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
      await page.goto(new URL(`/console/customers/${params.customerId}?tab=invoices`, page.url()).href);
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(total);
      await expectAccessible(page);
    });

    it('the first page says how many lines wait; the list has each with its customer, invoice, amount and why', async () => {
      const held = await heldOne();
      const { total } = await admin().call(listHolds, {});
      const page = await open('/console', 'viewer');
      await page
        .getByRole('link', { name: total === 1 ? '1 line waits for approval' : /lines wait for approval/ })
        .click();
      const row = rowsOf(page, 'Lines that wait for approval').first();
      await row.waitFor();
      expect(await rowsOf(page, 'Lines that wait for approval').count()).toBe(total);
      const above = `Above ${dollars(held.why?.limit_cents ?? -1)}`;
      for (const words of [held.customer_id, held.invoice_id, dollars(held.line.amount_cents), held.line.reason, above])
        expect(await row.textContent()).toContain(words);
      await row.locator(`time[datetime="${held.held_at}"]`).waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
      expect(await page.getByRole('checkbox').count()).toBe(0);
      await expectAccessible(page);
      await page.goto(new URL(`/console/customers/${params.customerId}?tab=invoices`, page.url()).href);
      await page.getByRole('link', { name: 'Held lines of this customer' }).click();
      await page.getByText(`Customer: ${params.customerId}`).waitFor();
      await row.waitFor();
      await page.goto(new URL(`/console/holds?customer_id=cust_${'0'.repeat(32)}`, page.url()).href);
      await page.getByText('Nothing matches').waitFor();
    });

    it('the brake says what each mode means before it is set, by an owner alone, with a reason', async () => {
      const operators = await open('/console/billing-brake', 'operator');
      await factOf(operators, 'Mode').getByText('Live').waitFor();
      await factOf(operators, 'Since').getByText('Nobody has set it').waitFor();
      expect(await operators.locator('[data-operation]').count()).toBe(0);
      const page = await open('/console/billing-brake');
      for (const [mode, name] of [
        ['paused', 'Paused'],
        ['live', 'Live'],
      ] as const) {
        await press(page, 'Change the mode');
        const dialog = page.getByRole('dialog');
        await dialog.getByText('Shadow: Everything is computed and kept').waitFor();
        await dialog.getByRole('combobox', { name: 'Mode from now on' }).selectOption(name);
        await dialog.getByRole('textbox').fill('a wrong price');
        if (mode === 'paused') await expectAccessible(page);
        await confirm(page, 'Change how all customers are billed?', 'Change the mode');
        await factOf(page, 'Mode').getByText(name).waitFor();
        expect(await admin().call(readBrake, {})).toMatchObject({ mode, reason: 'a wrong price' });
        await factOf(page, 'Why').getByText('a wrong price').waitFor();
      }
    });

    it('finalising says before what would not be on it; lines that are chosen are released with a reason, and are on it', async () => {
      const held = await heldOne();
      const page = await open(`/console/invoices/${held.invoice_id}`, 'operator');
      await page.getByText('Waits for approval, not on this invoice').waitFor();
      await press(page, 'Finalise now');
      const amount = dollars(held.line.amount_cents);
      const before = await page.getByRole('dialog').getByText('By what is known now it comes to').textContent();
      await page.getByRole('dialog').getByText(`The card of ${hostileName} is charged`).waitFor();
      await page.getByRole('dialog').getByText(`Stays held: ${held.line.description}, ${amount}`).waitFor();
      await page
        .getByRole('dialog')
        .getByText(`1 line of it, ${amount} in all, waits for approval and would not be on it`)
        .waitFor();
      await expectAccessible(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

      await page.goto(new URL('/console/holds', page.url()).href);
      await rowsOf(page, 'Lines that wait for approval').first().waitFor();
      await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: `Release 1 line, ${amount}` }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Bill this line?' });
      await dialog.getByText(`${held.line.description}: ${amount}`).waitFor();
      await dialog.getByRole('textbox').focus();
      await page.keyboard.type('we have asked them');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: `Release 1 line, ${amount}` }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Released: 1 line').waitFor();
      await page.getByText('No line waits').waitFor();
      expect((await admin().call(listHolds, {})).total).toBe(0);

      await page.goto(new URL(`/console/invoices/${held.invoice_id}`, page.url()).href);
      await press(page, 'Finalise now');
      const after = await page.getByRole('dialog').getByText('By what is known now it comes to').textContent();
      expect(await page.getByRole('dialog').getByText('Stays held').count()).toBe(0);
      await confirm(page, 'Bill what is known now?', 'Finalise now');
      await page.getByRole('button', { name: 'Finalise now' }).waitFor({ state: 'detached' });
      const { clock } = demoApi(browsing.platform.ready, new AbortController().signal);
      // Each step to Stripe is a tick's.
      const { invoice } = await eventually(
        async () => {
          await clock({ advance: '1m', hold: true });
          return await admin().call(readInvoice, { params: { invoiceId: held.invoice_id } });
        },
        ({ invoice: { state } }) => state === 'paid',
      );
      const sum = invoice.lines.reduce((cents, { amount_cents }) => cents + amount_cents, 0);
      expect(invoice.lines.map(({ line_id }) => line_id)).toContain(held.line.line_id);
      expect(invoice.total_cents).toBe(sum);
      expect(before).toContain(`comes to ${dollars(sum - held.line.amount_cents)}.`);
      expect(after).toContain(`comes to ${dollars(sum)}.`);
      await page.reload();
      await factOf(page, 'Total').getByText(dollars(sum)).waitFor();
    });

    it('an API that fails is said', async () => {
      const trouble = troubledApi('**/api/invoices/holds?*limit=20*');
      const page = await open('/console/holds', 'viewer', trouble.install);
      await expectToldOfTrouble(page, trouble, page.getByText('A line appears here when it is unusually high'));
    });
  },
  forInvoices,
  {
    async fill(platform) {
      params = await liveMonth(platform, hostileName);
    },
  },
);
