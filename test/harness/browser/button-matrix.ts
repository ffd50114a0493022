/**
 * Every button that changes something × who is signed in: shown where the route's `allow` lets that one in, and nowhere
 * else. Made from the pages' own data and programs; a button that nobody is shown anywhere is a fault too.
 */
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Page as Tab } from 'playwright-core';
import type { Route } from '../../../src/contracts/route.ts';
import { isFor, type Page } from '../../../ui/src/page.ts';
import { type Audience, may } from '../../../ui/src/session/may.ts';
import type { Ids } from './every-deed.ts';
import { allRoutes, deedsOf, uiSources } from './page-deeds.ts';
import { goWithin, watchRest } from './settled.ts';
import { tabsOf } from './visit.ts';

export interface PageDeeds {
  page: Page;
  /** By operation. */
  deeds: Map<string, Route>;
}

/** The lists of pages that a file exports. Its own types lead to every component, which only `tsconfig.ui.json` can read. */
const listsOf = async (file: string): Promise<readonly Page[]> =>
  Object.values((await import(join(uiSources, file))) as Record<string, readonly Page[]>).flat();

/** Every page with what it can do. Throws where the app has a page that is of no part. */
export async function deedsOfPages(): Promise<PageDeeds[]> {
  const parts = globSync('*/pages.ts', { cwd: uiSources });
  const own = await Promise.all(
    parts.map(async (file) => ({ folder: basename(dirname(file)), list: await listsOf(file) })),
  );
  const known = own.flatMap(({ folder, list }) => list.map((page) => ({ page, folder })));
  const lost = (await listsOf('pages.ts')).filter((page) => !known.some((one) => one.page === page));
  if (lost.length > 0) throw new Error(`pages of no part: ${lost.map(({ path }) => path).join()}`);
  return await Promise.all(known.map(async ({ page, folder }) => ({ page, deeds: await deedsOf(page, folder) })));
}

/** Somebody who is signed in. */
export type Who = Parameters<typeof may>[0];

/** Whether somebody is led to the page. */
export const mayOpen = (page: Page, who: Who): boolean => isFor(page, who.kind) && may(who, page.needs);

/** The addresses of a page, one for each id. @param kind whose: staff names the organisation that it looks at */
export function addressesOf({ path, audience }: Page, ids: Ids, kind: Audience): string[] {
  const name = /:(\w+)/.exec(path)?.[1];
  const filled = name === undefined ? [path] : (ids[name] ?? []).map((id) => path.replace(`:${name}`, id));
  if (filled.length === 0) throw new Error(`nothing stands for :${name}`);
  return audience === 'person' && kind === 'admin' ? filled.map((one) => `${one}?organisation=demo`) : filled;
}

const operationsOn = (tab: Tab): Promise<string[]> =>
  tab.locator('[data-operation]').evaluateAll((all) => all.map((one) => one.getAttribute('data-operation') ?? ''));

/** What must be done on a page before all of its buttons are there. */
export type Steps = Readonly<Record<string, (tab: Tab) => Promise<void>>>;

/** Every deed that somebody is offered on a page: at each of its addresses, tabs and, where rows can be chosen, then. */
export async function offered(
  tab: Tab,
  page: Page,
  { ids, kind, steps = {} }: { ids: Ids; kind: Audience; steps?: Steps },
): Promise<Set<string>> {
  const found = new Set<string>();
  const rests = watchRest(tab);
  const routes = await allRoutes();
  const look = async () => {
    await rests();
    for (const operation of await operationsOn(tab)) {
      if (routes.get(operation)?.method !== 'get') found.add(operation);
    }
  };
  const toDo = addressesOf(page, ids, kind);
  const [first] = toDo;
  for (const address of toDo) {
    const here = new URL(address, tab.url()).pathname;
    await goWithin(tab, address, address === first && new URL(tab.url()).pathname !== here);
    await look();
    // An address that leads on to another page is that page's.
    if (new URL(tab.url()).pathname !== here) return new Set();
    for (const other of await tabsOf(tab)) {
      if (!toDo.includes(other)) toDo.push(other);
    }
    const all = tab.getByRole('checkbox', { name: 'Choose all rows of this page' });
    if ((await all.count()) > 0) {
      await all.check();
      await look();
    }
    await steps[page.path]?.(tab);
    await look();
  }
  return found;
}

/** The page's buttons as the `allow` of their routes would have them. */
export const expectedOn = ({ deeds }: PageDeeds, who: Who): string[] =>
  [...deeds.values()].filter((route) => may(who, route)).map(({ operation }) => operation);
