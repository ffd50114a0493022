/**
 * `npm run screenshots`: the pictures of docs/images, made of the demo by the pages themselves in Chromium. The demo ends at a
 * fixed moment at which the clock then stands, for the pages too, so that a picture has the same numbers each time; ids are drawn
 * anew. Light, of one size, with few colours: they are small.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { demoApi } from '../dev/demo/api.ts';
import { cast } from '../dev/demo/cast.ts';
import { demoBegins, demoSeed } from '../dev/demo/fill.ts';
import { play } from '../dev/demo/run.ts';
import { plan } from '../dev/demo/story.ts';
import { listCustomers } from '../src/contracts/routes/customers.ts';
import { iso } from '../src/lib/time.ts';
import { apiOf } from '../test/harness/browser/api.ts';
import { asMember } from '../test/harness/browser/member.ts';
import { asPerson } from '../test/harness/browser/organisation-work.ts';
import { asAdmin } from '../test/harness/browser/session.ts';
import { builtPages } from '../test/harness/pages.ts';
import { startPlatform, type TestPlatform } from '../test/harness/platform.ts';
import { toolPath } from '../test/harness/tools.ts';

const until = Date.parse('2026-10-21T14:20:00.000Z');
const folder = join(import.meta.dirname, '../docs/images');
const viewport = { width: 1280, height: 860 };
const bytesMax = 150_000;
const customer = 'Brightside Media';
const waitMsMax = 120_000;

interface Picture {
  file: string;
  path: string;
  before: (context: BrowserContext) => Promise<unknown>;
  /** It is there. */
  arrived: (page: Page) => Promise<void>;
}

async function picturesOf(platform: TestPlatform): Promise<Picture[]> {
  const admin = apiOf(platform.url, platform.ready.admin_token);
  const { items } = await admin.call(listCustomers, { query: { q: customer } });
  const [found] = items;
  if (found === undefined) throw new Error(`the demo has no customer ${customer}`);
  return [
    {
      file: 'organisation-projects.png',
      path: '/organisation?sort=-current_month_total',
      before: asPerson(platform, 'org-admin'),
      arrived: async (page) => {
        await page.locator('[aria-busy="false"] tbody tr').nth(5).waitFor();
        await page.getByText('Live', { exact: true }).waitFor();
      },
    },
    {
      file: 'queue-console.png',
      path: '/admin/queues',
      before: asAdmin(platform),
      arrived: async (page) => {
        await page.locator('[aria-busy="false"] tbody tr').nth(5).waitFor();
        await page.getByRole('link', { name: /^Failed [1-9]/ }).waitFor();
      },
    },
    {
      file: 'portal.png',
      path: '/',
      before: asMember(platform, found.customer_id, 'owner', 'ann@brightside.example'),
      arrived: async (page) => {
        await page.getByText('four times of five').waitFor();
        await page.getByRole('progressbar').first().waitFor();
      },
    },
  ];
}

const platform = await startPlatform({
  args: ['--at', iso(demoBegins(until))],
  env: { SIMULATED_JOB_MS: '0', LOG_LEVEL: 'warn', RATE_LIMIT_SIGN_IN: 'off', RATE_LIMIT_LINKS: 'off' },
});
try {
  await builtPages();
  const story = plan(cast, { seed: demoSeed, from: demoBegins(until), until });
  await play(demoApi(platform.ready, new AbortController().signal), story, (share) =>
    process.stdout.write(`\rthe demo: ${Math.floor(share * 100)} %`),
  );
  console.log();
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: toolPath('chromium'), args: ['--no-sandbox'] });
  try {
    for (const { file, path, before, arrived } of await picturesOf(platform)) {
      const context = await browser.newContext({
        viewport,
        baseURL: platform.url,
        colorScheme: 'light',
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(waitMsMax);
      await before(context);
      await context.clock.setFixedTime(until);
      const page = await context.newPage();
      await page.goto(path);
      await arrived(page);
      await page.mouse.move(0, 0);
      const target = join(folder, file);
      await page.screenshot({ path: target });
      await context.close();
      const { size } = statSync(target);
      console.log(`${file}: ${Math.round(size / 1000)} KB`);
      if (size > bytesMax) throw new Error(`${file} is larger than ${bytesMax} bytes`);
    }
  } finally {
    await browser.close();
  }
} finally {
  await platform.stop();
}
