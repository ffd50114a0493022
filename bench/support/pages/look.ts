/** One page at all its addresses and tabs: its numbers beside those that the API gives when it is asked again, and its faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { hear } from '../../../test/harness/browser/complaints.ts';
import { colourFindings, graveFindings } from '../../../test/harness/browser/findings.ts';
import { height, outOfScreen, widths } from '../../../test/harness/browser/screen.ts';
import { watchRest } from '../../../test/harness/browser/settled.ts';
import { tabsOf } from '../../../test/harness/browser/visit.ts';
import type { TestPlatform } from '../../../test/harness/platform.ts';
import { numbersIn, rowsIn } from './numbers.ts';

const viewport = { width: 1280, height: 800 };
/** A page that never comes is this slow. */
const pageMsMax = 60_000;
/** Drawing anew takes so many looks at most. */
const triesMax = 20;
const lookMs = 500;
/** What opens a socket or is no page's number. */
const notAsked = /\/api\/sessions\/|\/live|\/api\/openapi/;

export interface Sight {
  addresses: number;
  numbers: { shown: number; of: number };
  faults: string[];
}

/** @param before signs in */
export async function lookAt(
  browser: Browser,
  platform: TestPlatform,
  addresses: readonly string[],
  before: (context: BrowserContext) => Promise<void>,
): Promise<Sight> {
  const context = await browser.newContext({ viewport, baseURL: platform.url, reducedMotion: 'reduce' });
  context.setDefaultTimeout(pageMsMax);
  const complaints = hear(context, platform.url, undefined);
  const sight: Sight = { addresses: 0, numbers: { shown: 0, of: 0 }, faults: [] };
  try {
    await before(context);
    const toDo = [...addresses];
    for (const address of toDo) {
      const page = await context.newPage();
      await page.setViewportSize(viewport);
      const said = await seen(page, address, sight.numbers).catch((error: unknown) => [String(error).slice(0, 300)]);
      sight.addresses += 1;
      sight.faults.push(...said.map((fault) => `${address}: ${fault}`));
      for (const tab of await tabsOf(page).catch(() => [])) if (!toDo.includes(tab)) toDo.push(tab);
      await page.close();
    }
  } finally {
    await context.close();
  }
  sight.faults.push(...complaints.map((complaint) => `complains: ${complaint}`));
  return sight;
}

async function seen(page: Page, address: string, numbers: Sight['numbers']): Promise<string[]> {
  const asked = new Set<string>();
  page.on('response', (response) => {
    const isRead = response.request().method() === 'GET' && response.url().includes('/api/') && response.ok();
    if (isRead && !notAsked.test(response.url())) asked.add(response.url());
  });
  const rests = watchRest(page);
  await page.goto(address);
  await rests();
  const faults =
    (await page.locator('main').getByRole('button', { name: 'Try again' }).count()) > 0 ? ['a read has failed'] : [];
  await count(page, asked, numbers);
  faults.push(...(await graveFindings(page)));
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html.pf-v6-theme-dark').waitFor();
  faults.push(...(await colourFindings(page)).map((finding) => `dark: ${finding}`));
  await page.emulateMedia({ colorScheme: 'light' });
  for (const width of widths) {
    await page.setViewportSize({ width, height });
    faults.push(...(await settledOn(page)).map((found) => `at ${width} px: ${found}`));
  }
  return faults;
}

/** What is out of the screen when what is drawn anew has been drawn. */
async function settledOn(page: Page): Promise<string[]> {
  let found = await outOfScreen(page);
  for (let tries = 0; found.length > 0 && tries < triesMax; tries += 1) {
    await sleep(lookMs);
    found = await outOfScreen(page);
  }
  return found;
}

/** Asks again what the page has asked, by its own session, and looks for it in the page. */
async function count(page: Page, asked: ReadonlySet<string>, numbers: Sight['numbers']): Promise<void> {
  const text = ((await page.locator('main').textContent()) ?? '').replace(/\s+/g, ' ');
  const rows = await page
    .locator('main table, main [role="grid"], main ul, main ol')
    .evaluateAll((all) => all.map((one) => one.querySelectorAll(':scope > tbody > tr, :scope > li').length));
  for (const url of asked) {
    const answer: unknown = await (await page.context().request.get(url)).json().catch(() => null);
    for (const { texts } of numbersIn(answer)) {
      numbers.of += 1;
      if (texts.some((one) => text.includes(one))) numbers.shown += 1;
    }
    const length = rowsIn(answer);
    if (length === null || rows.every((one) => one === 0)) continue;
    numbers.of += 1;
    if (rows.includes(length)) numbers.shown += 1;
  }
}
