/** Corrections of usage as staff makes them: looked at with their money, refused, made, and on the invoice that comes next. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { correctUsage, listAllCorrections } from '../../src/contracts/routes/corrections.ts';
import { createCustomer } from '../../src/contracts/routes/customers.ts';
import { finalizeInvoice, listInvoices } from '../../src/contracts/routes/invoices.ts';
import { createReporter } from '../../src/contracts/routes/reporters.ts';
import { hourMs, iso } from '../../src/lib/time.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { confirm, press } from '../harness/browser/hands.ts';
import { forInvoices, type UsedMonth, usedMonth } from '../harness/browser/invoice-work.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { dollars, hostileName } from '../harness/browser/words.ts';

const title = 'Correct what was used?';
const look = 'Show what it moves';
const reason = `counted by hand ${hostileName}`;
/** A hundred core-hours more than was reported, at 5 cents. */
const moreHours = 100;
const moreCents = 500;
const moved = `+${dollars(moreCents)}`;
const othersInstance = 'of-another';

let month: UsedMonth;

describeInBrowser(
  'console: corrections',
  (browsing) => {
    const admin = () => apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
    /** The draft of the month, and what it comes to by what is known now. */
    const draft = async () => {
      const { items } = await admin().call(listInvoices, { query: { customer_id: month.customerId } });
      const invoiceId = items[0]?.invoice_id ?? '';
      const { invoice } = await admin().call(finalizeInvoice, { params: { invoiceId }, body: {}, preview: true });
      return { invoiceId, cents: invoice.total_cents };
    };
    const quantities = () => ({
      cpu_hours: month.used.cpu_hours + moreHours,
      memory_gb_hours: month.used.memory_gb_hours,
    });
    const preview = async () =>
      await admin().call(correctUsage, {
        params: { customerId: month.customerId },
        body: { kind: 'replace', ...month.window, quantities: quantities(), reason: 'preview' },
        preview: true,
      });
    const made = async () => (await admin().call(listAllCorrections, {})).items;
    const open = async () =>
      await browsing.open('/console/corrections', { before: asAdmin(browsing.platform, 'operator') });

    /** Fills in the correction in the open dialog, with what differs, and has its money shown. */
    async function lookAt(page: Page, of: Partial<UsedMonth['window'] & { customer: string }> = {}) {
      const { customer, ...window } = { customer: month.customerId, ...month.window, ...of };
      const dialog = page.getByRole('dialog', { name: title });
      const { cpu_hours, memory_gb_hours } = quantities();
      for (const [label, value] of [
        [/^Customer/, customer],
        [/^Instance/, window.instance_id],
        [/^Begin/, window.window_start],
        [/^End/, window.window_end],
        [/^Quantities/, `cpu_hours=${cpu_hours} memory_gb_hours=${memory_gb_hours}`],
      ] as const)
        await dialog.getByRole('textbox', { name: label }).fill(value);
      await dialog.getByRole('button', { name: look }).click();
      return dialog;
    }

    it('one is looked at before it can be made, with the money that the API says; the look makes nothing', async () => {
      const page = await open();
      await page.getByText('Nothing was corrected').waitFor();
      await press(page, 'Correct usage');
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.getByText('Look first at what it moves.').waitFor();
      await dialog.getByRole('textbox', { name: /^Reason/ }).fill(reason);
      const make = dialog.getByRole('button', { name: 'Correct usage', exact: true });
      expect(await make.isDisabled()).toBe(true);
      await lookAt(page);
      const { correction } = await preview();
      expect(correction).toMatchObject({ delta_cents: moreCents, invoice: 'this' });
      await dialog.getByText(`It moves ${moved}. This invoice.`).waitFor();
      await dialog.getByText(`cpu_hours: ${month.used.cpu_hours} → ${quantities().cpu_hours}`).waitFor();
      expect(correction.lines).toHaveLength(1);
      for (const { description, before_cents, after_cents } of correction.lines)
        await dialog.getByText(`${description}: ${dollars(before_cents)} → ${dollars(after_cents)}`).waitFor();
      expect(await make.isEnabled()).toBe(true);
      await expectAccessible(page);
      // What was looked at is what can be made: another number has to be looked at again.
      await dialog.getByRole('textbox', { name: /^Quantities/ }).fill('cpu_hours=1');
      expect(await make.isDisabled()).toBe(true);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      expect(await made()).toEqual([]);
    });

    it('is refused in words where it cannot be, and cannot be made then', async () => {
      const page = await open();
      await press(page, 'Correct usage');
      const halfway = iso(Date.parse(month.window.window_start) + hourMs / 2);
      for (const [of, words] of [
        [{ window_end: halfway }, 'no window of this reporter and namespace stands at these edges'],
        [{ instance_id: othersInstance }, 'the customer has no reporter of this name that reports this namespace'],
        [{ customer: `cust_${'0'.repeat(32)}` }, 'there is nothing here, or not for you'],
      ] as const) {
        const dialog = await lookAt(page, of);
        await dialog.getByRole('textbox', { name: /^Reason/ }).fill(reason);
        const refused = dialog.getByRole('alert').filter({ hasText: 'That was refused' });
        await refused.getByText(words).waitFor();
        expect(await dialog.getByText(/^It moves/).count()).toBe(0);
        expect(await dialog.getByRole('button', { name: 'Correct usage', exact: true }).isDisabled()).toBe(true);
      }
      await expectAccessible(page);
      expect(await made()).toEqual([]);
    });

    it('made, it stands on the list with who and why, and its money is on the invoice that comes next', async () => {
      const before = await draft();
      const page = await open();
      await press(page, 'Correct usage');
      const dialog = await lookAt(page);
      await dialog.getByText(`It moves ${moved}`).waitFor();
      await dialog.getByRole('textbox', { name: /^Reason/ }).fill(reason);
      await confirm(page, title, 'Correct usage');
      await page.getByRole('status').getByText(`Corrected: ${moved}`).waitFor();
      const rows = rowsOf(page, 'Corrections');
      await expect.poll(() => rows.count()).toBe(1);
      const [correction] = await made();
      expect(correction).toMatchObject({ customer_id: month.customerId, delta_cents: moreCents, after: quantities() });
      const text = await rows.first().textContent();
      for (const words of [month.customerId, 'Replaced', moved, reason, correction?.by ?? '?'])
        expect(text).toContain(words);
      for (const at of [month.window.window_start, month.window.window_end])
        await rows.first().locator(`time[datetime="${at}"]`).waitFor();
      await expectAccessible(page);

      const after = await draft();
      expect(after).toEqual({ ...before, cents: before.cents + moreCents });
      await rows.first().getByRole('link', { name: 'This invoice' }).click();
      await factOf(page, 'Id').getByText(after.invoiceId).waitFor();
      await press(page, 'Finalise now');
      await page
        .getByRole('dialog')
        .getByText(`By what is known now it comes to ${dollars(after.cents)}.`)
        .waitFor();
    });
  },
  { ...forInvoices, HOLD_LINE_CENTS: '100000' },
  {
    async fill(platform) {
      // Usage of the month is still expected, so that its invoice waits, and its lines are not fixed.
      month = await usedMonth(platform, hostileName, 'week');
      const admin = apiOf(platform.url, platform.ready.admin_token);
      const email = `other-${crypto.randomUUID()}@example.com`;
      const other = await admin.call(createCustomer, { body: { email, company_name: 'Other', plan: 'starter' } });
      await admin.call(createReporter, {
        params: { customerId: other.customer.customer_id },
        body: { instance_id: othersInstance, active_from: month.window.window_start },
      });
      await month.end();
    },
  },
);
