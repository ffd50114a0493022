/** A page that has come to rest: everything that it asked for is answered, and nothing stands in the place of what loads. */
import type { Page, Request } from 'playwright-core';
import { eventually } from '../eventually.ts';

const loading = '[aria-busy="true"], .pf-v6-c-skeleton, .pf-v6-c-spinner';

/** What a page has when it is there, or could not be had. */
const come = 'main h1, main [role="alert"]';

/** To be begun before the page is led anywhere. @returns what waits until it rests */
export function watchRest(page: Page): () => Promise<void> {
  const under = new Set<Request>();
  page.on('request', (request) => under.add(request));
  const end = (request: Request) => under.delete(request);
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  const rests = async () =>
    under.size === 0 && (await page.locator(come).count()) > 0 && (await page.locator(loading).count()) === 0;
  return async () => {
    // Twice: between an answer and what is asked because of it, nothing is under way.
    await eventually(
      async () =>
        (await rests()) && (await page.evaluate(() => new Promise(requestAnimationFrame))) !== null && (await rests()),
      (isAtRest) => isAtRest,
    );
  };
}

/**
 * Leads the app to one of its addresses without loading it anew, as its own links do.
 * @param isOther whether it is another page: it is waited for, because what was there stays until its program has come
 */
export async function goWithin(page: Page, path: string, isOther: boolean): Promise<void> {
  await page.evaluate((to) => {
    for (const title of document.querySelectorAll('main h1')) title.setAttribute('data-before', '');
    window.history.pushState({}, '', to);
    window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }, path);
  if (isOther) await page.locator('main h1[data-before]').waitFor({ state: 'detached' });
}
