/** Reviews, the catalogue, clusters, organisations, the outbox and credentials as staff sees them, on some weeks of the demo. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { listClusters } from '../../src/contracts/routes/clusters.ts';
import { listCredentials } from '../../src/contracts/routes/credentials.ts';
import { listOrganisations, listProjects } from '../../src/contracts/routes/organisations.ts';
import { listOutbox } from '../../src/contracts/routes/outbox.ts';
import { listPlans } from '../../src/contracts/routes/plans.ts';
import { readSimulation } from '../../src/contracts/routes/simulations.ts';
import { decideReviews, listGaps, listReviews } from '../../src/contracts/routes/usage-admin.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser, type OpenOptions } from '../harness/browser/chromium.ts';
import type { ConsoleDemo } from '../harness/browser/console-demo.ts';
import { keptConsoleDemo } from '../harness/browser/kept-console-demo.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { refusal } from '../harness/browser/stand-in-sessions.ts';
import { dollars } from '../harness/browser/words.ts';

const plansYaml = readFileSync(join(import.meta.dirname, '../../plans.yaml'), 'utf8');
/** The same plans as a new version, each fee higher: what is used stays below what is included, so a price would change no bill. */
const dearer = plansYaml
  .replace('version: "2026-11"', 'version: "2027-01"')
  .replace(/^( +fee: )(\d+)$/gm, (_, fee: string, dollarsOfNow: string) => `${fee}${Number(dollarsOfNow) + 10}`);

const refused = {
  outbox_id: `out_${'1'.repeat(32)}`,
  kind: 'stripe.customer',
  state: 'never',
  subject: `cust_${'2'.repeat(32)}`,
  attempts: 3,
  last_error: '<b>No such customer</b>',
  created_at: '2026-11-20T10:00:00.000Z',
  sent_at: null,
  next_at: '2026-11-20T11:00:00.000Z',
};

const withRefused = async (context: BrowserContext) => {
  await context.route('**/api/outbox?*state=never*', (route) =>
    route.fulfill({ json: { items: [refused], total: 1, page: 1, limit: 20 } }),
  );
};

const kept = keptConsoleDemo();
const { env, filling } = kept;

describeInBrowser(
  'console: operations',
  (browsing) => {
    const open = (path: string, options: OpenOptions = {}) =>
      browsing.open(path, { before: asAdmin(browsing.platform), ...options });

    let demo: ConsoleDemo;
    beforeAll(async () => {
      demo = kept.demo();
    });

    it('a review says what it would change, and a viewer cannot decide it', async () => {
      const page = await open('/console/reviews', { before: asAdmin(browsing.platform, 'viewer') });
      await rowsOf(page, 'Reviews').first().waitFor();
      const { items, total } = await demo.admin(listReviews, {});
      expect(await rowsOf(page, 'Reviews').count()).toBe(total);
      const [review] = items;
      const { cpu_hours: before } = review?.standing.quantities ?? {};
      const { cpu_hours: after } = review?.proposed.quantities ?? {};
      await page.getByText(`cpu_hours: ${before} → ${after}`).waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
      expect(await page.getByRole('checkbox').count()).toBe(0);
      await expectAccessible(page);
    });

    it('the dialog before reviews are accepted says what they move together', async () => {
      const page = await open('/console/reviews');
      await rowsOf(page, 'Reviews').first().waitFor();
      const { items } = await demo.admin(listReviews, {});
      const ids = items.map(({ review_id }) => review_id);
      const body = { ids, decision: 'accept' as const, reason: 'a look' };
      const { together_cents: cents } = await demo.admin(decideReviews, { body, preview: true });
      await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).click();
      await page.getByRole('button', { name: 'Accept 1 review' }).click();
      const dialog = page.getByRole('dialog', { name: 'Let 1 review take effect?' });
      await dialog.getByText(`Together they move ${dollars(cents ?? 0)}.`).waitFor();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    });

    it('reviews that are chosen are rejected at once with a reason, by the keyboard alone', async () => {
      const page = await open('/console/reviews');
      await rowsOf(page, 'Reviews').first().waitFor();
      await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Reject 1 review' }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Leave what stands, against 1 review?' });
      await dialog.getByRole('textbox').focus();
      await page.keyboard.type('the exporter was wrong');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Reject 1 review' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Decided: 1 review').waitFor();
      await page.getByText('Nothing waits.').waitFor();
      await page.getByRole('combobox', { name: 'State' }).selectOption('rejected');
      await page.waitForURL('**/console/reviews?state=rejected');
      await page.getByText('the exporter was wrong').waitFor();
      expect(await demo.admin(listReviews, { query: { state: 'rejected' } })).toMatchObject({ total: 1 });
    });

    it('clusters show the room that the API says, and what is wrong with their jobs', async () => {
      const page = await open('/console/clusters');
      const { items } = await demo.admin(listClusters, {});
      const [cluster] = items;
      const bar = page.getByRole('progressbar', { name: `Namespaces of ${cluster?.cluster_id}` });
      await bar.waitFor();
      expect(await bar.getAttribute('aria-valuenow')).toBe(String(cluster?.namespaces_used));
      await page.getByRole('link', { name: '1 job failed' }).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Cluster key' }).click();
      await page.getByRole('dialog').getByText('reports usage of every customer').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Cluster key' }).click();
      expect(await page.getByRole('textbox', { name: 'Cluster key' }).inputValue()).toMatch(/^\S{20,}$/);
    });

    it('gaps of all customers are counted as the API does, and lead to whose they are', async () => {
      const page = await open('/console/gaps');
      await rowsOf(page, 'Gaps of all customers').first().waitFor();
      const { items } = await demo.admin(listGaps, { query: { limit: 20 } });
      const shown = await rowsOf(page, 'Gaps of all customers').evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll('td')].slice(0, 4).map((cell) => cell.textContent)),
      );
      expect(shown).toEqual(
        items.map(({ company_name, windows: { missing, unavailable, partial } }) =>
          [company_name, missing, unavailable, partial].map(String),
        ),
      );
      const some = items.find(({ gaps }) => gaps.length > 0);
      await page.getByRole('link', { name: some?.company_name ?? '', exact: true }).click();
      await page.waitForURL(`**/console/customers/${some?.customer_id}?tab=usage`);
    });

    it('who may not read clusters and credentials is not led there', async () => {
      const page = await open('/console/clusters', { before: asAdmin(browsing.platform, 'operator') });
      await page.getByText('This page is for others').waitFor();
      const navigation = page.getByRole('navigation', { name: 'Pages' });
      await navigation.getByRole('link', { name: 'Customers' }).waitFor();
      expect(await navigation.getByRole('link', { name: 'Clusters' }).count()).toBe(0);
      expect(await navigation.getByRole('link', { name: 'Credentials' }).count()).toBe(0);
    });

    it('the catalogue has every version with its subscribers', async () => {
      const page = await open('/console/catalogue');
      const { items } = await demo.admin(listPlans, {});
      await rowsOf(page, 'Versions of plans').first().waitFor();
      expect(await rowsOf(page, 'Versions of plans').count()).toBe(items.length);
      for (const { name, subscribers, fee_cents } of items) {
        const row = rowsOf(page, 'Versions of plans').filter({ hasText: name }).first();
        expect(await row.getByRole('link').textContent()).toBe(String(subscribers));
        expect(await row.textContent()).toContain(dollars(fee_cents));
      }
      await expectAccessible(page);
    });

    it('a file is checked, simulated on past bills, previewed and published', async () => {
      const page = await open('/console/catalogue/change');
      const file = page.getByRole('textbox', { name: 'plans.yaml' });
      await file.fill('plans: nonsense');
      await page.getByRole('button', { name: 'Check' }).click();
      await rowsOf(page, 'What is wrong').first().waitFor();
      await expectAccessible(page);
      expect(await page.getByRole('button', { name: 'Simulate' }).count()).toBe(0);
      await file.fill(dearer);
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByText('The file is well-formed').waitFor();
      await rowsOf(page, 'What changes').first().waitFor();
      await page.getByRole('button', { name: 'Simulate' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Simulate' }).click();
      await page.waitForURL('**/console/catalogue/change?simulation=sim_*');
      const simulationId = new URL(page.url()).searchParams.get('simulation') ?? '';
      await page.getByRole('progressbar', { name: 'Progress of the simulation' }).waitFor();
      await rowsOf(page, 'Whom it changes most').first().waitFor();
      const simulation = await demo.admin(readSimulation, { params: { simulationId } });
      expect(simulation.after_cents).toBeGreaterThan(simulation.before_cents);
      expect(await factOf(page, 'They paid').textContent()).toBe(dollars(simulation.before_cents));
      expect(await factOf(page, 'They would pay').textContent()).toBe(dollars(simulation.after_cents));
      expect(await rowsOf(page, 'Whom it changes most').count()).toBe(simulation.top.length);
      await expectAccessible(page);
      const before = (await demo.admin(listPlans, {})).items.length;
      await page.getByRole('button', { name: 'See what would be published' }).click();
      await page.getByText(dollars(simulation.after_cents)).last().waitFor();
      expect((await demo.admin(listPlans, {})).items.length).toBe(before);
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByText('It is published.').waitFor();
      expect((await demo.admin(listPlans, {})).items.length).toBeGreaterThan(before);
    });

    it('an organisation shows its projects and where its people sign in', async () => {
      const { items, total } = await demo.admin(listOrganisations, { query: { limit: 100 } });
      const organisation = items.find(({ issuer }) => issuer !== null);
      const list = await open('/console/organisations');
      await rowsOf(list, 'Organisations').first().waitFor();
      expect(await rowsOf(list, 'Organisations').count()).toBe(Math.min(total, 20));
      await list.getByRole('link', { name: organisation?.name ?? '', exact: true }).click();
      await factOf(list, 'Issuer')
        .getByText(organisation?.issuer ?? '')
        .waitFor();
      const params = { organisationId: organisation?.organisation_id ?? '' };
      const projects = await demo.admin(listProjects, { params });
      await rowsOf(list, 'Namespaces').first().waitFor();
      expect(await rowsOf(list, 'Namespaces').count()).toBe(projects.total);
      await expectAccessible(list);
    });

    it('an organisation is made', async () => {
      const page = await open('/console/organisations');
      await page.getByRole('button', { name: 'Make an organisation' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true }).fill('Acme <b>Group</b>');
      await page.getByRole('dialog').getByRole('button', { name: 'Make an organisation' }).click();
      await page.getByRole('heading', { name: 'Acme <b>Group</b>' }).waitFor();
      await page.getByText('it has no issuer').waitFor();
      await page.getByText('A customer of the organisation brings its own namespace').waitFor();
    });

    it('what was refused is sent again with a reason, and the outbox is read by its states', async () => {
      const asked: unknown[] = [];
      const page = await open('/console/outbox', {
        before: [
          asAdmin(browsing.platform),
          withRefused,
          async (context) => {
            await context.route('**/api/outbox/*/retry', (route) => {
              asked.push(route.request().postDataJSON());
              return route.fulfill({ status: 409, json: refusal('outbox_not_refused', 'it was sent meanwhile') });
            });
          },
        ],
      });
      await page.getByText(refused.last_error).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('dialog').getByRole('textbox').fill('made there');
      await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
      await page.getByText('it was sent meanwhile').waitFor();
      expect(asked).toEqual([{ reason: 'made there' }]);
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('combobox', { name: 'State' }).selectOption('confirmed');
      await page.waitForURL('**/console/outbox?state=confirmed');
      const { total } = await demo.admin(listOutbox, { query: { state: 'confirmed' } });
      await expect.poll(() => rowsOf(page, 'Outbox').count()).toBe(Math.min(total, 20));
    });

    it('an admin token is made with an expiry, shown once, rotated, and revoked', async () => {
      const page = await open('/console/credentials?kind=admin');
      await page.getByRole('button', { name: 'Make an admin token' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Name' }).fill('from-the-console');
      await dialog.getByRole('combobox', { name: 'Role' }).selectOption('operator');
      await dialog.getByLabel('Last day on which it works').fill('2099-12-30');
      await dialog.getByRole('button', { name: 'Make an admin token' }).click();
      expect(await page.getByRole('textbox', { name: 'Admin token' }).inputValue()).toMatch(/^\S{20,}$/);
      const row = rowsOf(page, 'Credentials').filter({ hasText: 'from-the-console' });
      await row.getByText('Operator').waitFor();
      await row.getByText('2099').waitFor();
      await expectAccessible(page);
      await row.getByRole('button', { name: 'Rotate' }).click();
      await dialog.getByRole('combobox', { name: 'How long the old one works on' }).selectOption('Seven days');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Rotate' }).click();
      const secret = await page.getByRole('textbox', { name: 'New secret' }).inputValue();
      expect(secret).toMatch(/^adm_\w{20,}$/);
      // Two rows by then: the old one, which ends by itself, and the new one, which can be revoked.
      await expect.poll(() => row.count()).toBe(2);
      await row.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      // While a dialog is open nothing beside it has a role: that the button or row has gone would say nothing.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await row.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'detached' });
      const { items } = await demo.admin(listCredentials, { query: { kind: 'admin' } });
      const both = items.filter(({ name }) => name === 'from-the-console');
      const old = both.find(({ rotated_to }) => rotated_to !== null);
      const fresh = both.find(({ credential_id }) => credential_id === old?.rotated_to);
      expect(both.map(({ revoked_at }) => revoked_at)).not.toContain(null);
      expect([fresh?.expires_at?.slice(0, 4), old?.expires_at]).toEqual(['2099', '2099-12-31T00:00:00.000Z']);
    });
  },
  env,
  filling,
);
