/**
 * One page of the app, looked at in every way that holds for all of them: slow, light, dark, on a laptop and a phone, with
 * what others wrote in it, with an API that fails and one that has nothing yet. A test says what it expects; here it is only seen.
 */
import type { APIResponse, BrowserContext, Route, Page as Tab } from 'playwright-core';
import { readSession } from '../../../src/contracts/routes/sessions.ts';
import { emptied } from './nothing-yet.ts';
import { refusal } from './stand-in-sessions.ts';

const slowMs = 400;
const requestId = 'req_00000000000000000000000000000009';

/** How the API answers a page. */
export type Weather = 'well' | 'slow' | 'failing' | 'empty';

export interface Sky {
  is: Weather;
  /** Requests that failed since it began to. */
  failed: number;
  /** Lists that were answered empty. */
  lists: number;
  install: (context: BrowserContext) => Promise<void>;
}

const isSession = (route: Route): boolean => route.request().url().endsWith(readSession.path);

/** The API's own answer with nothing in it; null where it is none that could have something. */
async function emptyAnswerTo(route: Route): Promise<{ response: APIResponse; json: unknown; isList: boolean } | null> {
  if (route.request().method() !== 'GET' || isSession(route)) return null;
  const response = await route.fetch();
  if (!response.ok() || !response.headers()['content-type']?.startsWith('application/json')) return null;
  return { response, ...emptied(new URL(route.request().url()).pathname, await response.json()) };
}

/** Everything but who is signed in can fail: without that there is no page. */
export function skyOf(first: Weather): Sky {
  const sky: Sky = {
    is: first,
    failed: 0,
    lists: 0,
    async install(context) {
      await watchShifts(context);
      await context.route('**/api/**', async (route) => {
        if (sky.is === 'failing' && !isSession(route)) {
          sky.failed++;
          const json = { ...refusal('internal', 'something is wrong here'), request_id: requestId };
          return await route.fulfill({ status: 500, json });
        }
        const empty = sky.is === 'empty' ? await emptyAnswerTo(route) : null;
        if (empty !== null) {
          if (empty.isList) sky.lists++;
          return await route.fulfill(empty);
        }
        if (sky.is === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
        await route.fallback().catch(() => {});
      });
    },
  };
  return sky;
}

/** Before a page begins: adds up what moves in it. */
async function watchShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const shifts = { sum: 0, moved: [] as string[] };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources = [] } = entry as PerformanceEntry & {
          value: number;
          sources?: { node: Node | null }[];
        };
        shifts.sum += value;
        for (const { node } of sources)
          shifts.moved.push(`${value.toFixed(3)} ${(node as Element | null)?.outerHTML?.slice(0, 120)}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** What has moved since the page began, by Google's measure, and what it was. */
export const shiftsOf = (tab: Tab): Promise<{ sum: number; moved: string[] }> =>
  tab.evaluate(() => (window as unknown as { shifts: { sum: number; moved: string[] } }).shifts);

/** What a page says whose reads have failed. */
export async function saidOfFailure(tab: Tab): Promise<{ titles: number; isNamed: boolean; isTriedAgain: boolean }> {
  const main = tab.locator('main');
  return {
    titles: await main.locator('h1').count(),
    isNamed: (await main.getByText(`Request ${requestId}`).count()) > 0,
    isTriedAgain: (await main.getByRole('button', { name: 'Try again' }).count()) > 0,
  };
}

/** The page's tabs, as addresses. */
export async function tabsOf(tab: Tab): Promise<string[]> {
  const here = new URL(tab.url()).pathname;
  const links = await tab
    .locator('main nav a')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  return links.filter((to) => new URL(to, tab.url()).pathname === here);
}
