/** What a customer sees of its invoices: what they wait for, every line and why, their proof, and the periods that they bill. */
import type { BrowserContext } from 'playwright-core';
import { expect, it } from 'vitest';
import { createCustomer } from '../../src/contracts/routes/customers.ts';
import { listInvoices, readInvoice } from '../../src/contracts/routes/invoices.ts';
import { listPeriods } from '../../src/contracts/routes/periods.ts';
import { readStatement } from '../../src/contracts/routes/statements.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { type Before, describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive } from '../harness/browser/hands.ts';
import { forInvoices, heldInvoiceId, liveMonth, withHeldInvoice } from '../harness/browser/invoice-work.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asMember } from '../harness/browser/member.ts';
import { expectToldOfTrouble, troubledApi } from '../harness/browser/troubled-api.ts';
import { dollars } from '../harness/browser/words.ts';

let params = { customerId: '' };

describeInBrowser(
  'a customer’s invoices',
  (browsing) => {
    const admin = () => apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
    const all = () => admin().call(listInvoices, { query: { customer_id: params.customerId } });
    let known: Awaited<ReturnType<BrowserContext['cookies']>> | null = null;
    /** One member for all of them: signing in by mail is another file's. */
    const asOwn = async (context: BrowserContext) => {
      if (known === null) await asMember(browsing.platform, params.customerId, 'viewer')(context);
      else await context.addCookies(known);
      known = await context.cookies();
    };
    const open = (path: string, ...before: Before[]) => browsing.open(path, { before: [asOwn, ...before] });

    it('are listed as the API says them, and by the state that the address names', async () => {
      const page = await open('/account/invoices');
      const { items, total } = await all();
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(total);
      const [waiting] = items;
      expect(waiting).toMatchObject({ state: 'held', hold: { reason: 'approval' } });
      const row = rowsOf(page, 'Invoices').first();
      expect(await row.textContent()).toContain(dollars(waiting?.total_cents ?? -1));
      expect(await row.textContent()).toContain('Waits');
      await expectAccessible(page);
      await page.getByRole('combobox', { name: 'State' }).selectOption('Paid');
      await page.waitForURL('**/account/invoices?state=paid');
      const paid = items.filter(({ state }) => state === 'paid');
      await expect.poll(() => rowsOf(page, 'Invoices').count()).toBe(paid.length);
      const navigation = page.getByRole('navigation', { name: 'Pages' });
      expect(await navigation.locator('[aria-current="page"]').allTextContents()).toEqual(['Invoices']);
      await rowsOf(page, 'Invoices').first().getByRole('link').click();
      await arrive(page, paid[0]?.number ?? '');
    });

    it('one that waits says for what and until when, and how each line comes about', async () => {
      const [head] = (await all()).items;
      const { invoice } = await admin().call(readInvoice, { params: { invoiceId: head?.invoice_id ?? '' } });
      const page = await open(`/account/invoices/${invoice.invoice_id}`);
      await page.getByText('It waits for the approval of lines that are unusually high').waitFor();
      const until = invoice.hold?.until ?? '';
      await page.locator('.pf-v6-c-alert').locator(`time[datetime="${until}"]`).waitFor();
      await page.getByText('rejected, it is never billed').waitFor();
      const rows = rowsOf(page, 'Lines of the invoice');
      expect(await rows.count()).toBe(invoice.lines.length);
      for (const { description, reason, amount_cents } of invoice.lines) {
        const row = rows.filter({ hasText: description }).filter({ hasText: reason }).first();
        expect(await row.textContent()).toContain(dollars(amount_cents));
      }
      const waiting = invoice.lines.filter(({ state }) => state === 'held');
      const marked = rows.filter({ hasText: 'Waits for approval, not on this invoice' });
      expect(await marked.count()).toBe(waiting.length);
      for (const { description } of waiting) await marked.filter({ hasText: description }).first().waitFor();
      const cpu = invoice.lines.find(({ meter }) => meter === 'cpu_core_ms');
      await rows
        .getByText(
          `${cpu?.quantity} used − ${cpu?.included} included = ${cpu?.billable}; × $0.05 = ${dollars(cpu?.amount_cents ?? 0)}`,
        )
        .waitFor();
      await page.getByText('It is made when the invoice is final.').waitFor();
      expect(await page.getByRole('button', { name: 'Download the statement' }).count()).toBe(0);
      await expectAccessible(page);
    });

    it('one that is paid says what it came to, leads to Stripe’s page, and to its proof or what is missing of it', async () => {
      const paid = (await all()).items.find(({ state }) => state === 'paid');
      const invoiceId = paid?.invoice_id ?? '';
      const page = await open(`/account/invoices/${invoiceId}`);
      await factOf(page, 'Total')
        .getByText(dollars(paid?.total_cents ?? -1))
        .waitFor();
      const stripes = page.getByRole('link', { name: 'The invoice on Stripe’s page' });
      expect(await stripes.getAttribute('href')).toBe(paid?.hosted_url);
      const file = await page.request.get(readStatement.path.replace(':invoiceId', invoiceId));
      const button = page.getByRole('button', { name: 'Download the statement' });
      if (file.ok()) {
        const [saved] = await Promise.all([page.waitForEvent('download'), button.click()]);
        expect(saved.suggestedFilename()).toBe(`${paid?.number}.statement.gz`);
      } else {
        await button.click();
        await page.getByText(((await file.json()) as { message: string }).message).waitFor();
      }
      await page.getByRole('link', { name: 'Check this bill' }).click();
      await page.getByRole('button', { name: `Fetch and check the statement of ${invoiceId}` }).waitFor();
    });

    it('what went without all of its usage, is not sent or corrects another month is said', async () => {
      const page = await open(`/account/invoices/${heldInvoiceId}`, withHeldInvoice);
      await page.getByText('It went without all that was used').waitFor();
      await page.getByText('Its usage is shown and not billed').waitFor();
      const corrects = rowsOf(page, 'Lines of the invoice').filter({ hasText: '-$0.50' });
      await corrects.getByText('Corrects 2026-10-20 to 2026-11-20, first billed by').waitFor();
      await corrects.getByText('Not approved, is never billed').waitFor();
      const first = await corrects.getByRole('link', { name: 'its invoice' }).getAttribute('href');
      expect(first).toBe(`/account/invoices/${heldInvoiceId}`);
    });

    it('a past period leads to its invoice, to its cost and to the usage of which something is missing', async () => {
      const periods = await admin().call(listPeriods, { params });
      const past = periods.items.find(({ invoice_id }) => invoice_id !== null);
      const withGaps = (context: BrowserContext) =>
        context.route('**/api/customers/*/periods?*', async (route) => {
          const answer = await route.fetch();
          const list = (await answer.json()) as typeof periods;
          await route.fulfill({ json: { ...list, items: list.items.map((one) => ({ ...one, complete: false })) } });
        });
      const page = await open('/cost', withGaps);
      const row = rowsOf(page, 'Billing periods').filter({
        has: page.locator(`a[href="/account/invoices/${past?.invoice_id}"]`),
      });
      await row.getByText(`${past?.plan} ${past?.plan_version}`).waitFor();
      await row.getByRole('link', { name: 'Show its cost' }).click();
      await page.waitForURL(`**/cost?period=${encodeURIComponent(past?.start ?? '')}`);
      await row.getByRole('link', { name: 'With gaps' }).click();
      await page.getByText(`${past?.start.slice(0, 10)} to ${past?.end.slice(0, 10)}`).waitFor();
      await factOf(page, 'CPU, core-hours').getByText('944', { exact: true }).waitFor();
      const file = await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href');
      const asked = Object.fromEntries(new URL(file ?? '', page.url()).searchParams);
      expect(asked).toEqual({ from: past?.start, to: past?.end, granularity: 'day', format: 'csv' });
    });

    it('a trial has none yet, and an API that fails is said', async () => {
      const body = { email: 'new@example.com', company_name: 'Newcomers', plan: 'starter' };
      const { customer } = await admin().call(createCustomer, { body });
      const trouble = troubledApi('**/api/invoices?*');
      const page = await browsing.open('/account/invoices', {
        before: [asMember(browsing.platform, customer.customer_id), trouble.install],
      });
      await expectToldOfTrouble(page, trouble, page.getByText('In a trial nothing is invoiced.'));
    });
  },
  forInvoices,
  {
    async fill(platform) {
      params = await liveMonth(platform, 'Acme');
    },
  },
);
