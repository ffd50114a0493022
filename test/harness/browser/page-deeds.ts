/**
 * Which routes that change something a page can call: read from the page's program and everything that it imports, so that a
 * button which is added tomorrow is known without anybody listing it.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Route } from '../../../src/contracts/route.ts';
import type { Page } from '../../../ui/src/page.ts';

/** The app's own sources. */
export const uiSources = join(import.meta.dirname, '../../../ui/src');
const contracts = join(import.meta.dirname, '../../../src/contracts/routes');

/** Every import of values, with the names that it takes; a type is no call. */
const imports = /^import (?!type)([^;]*?) from '(\.[^']+)';/gm;
const laterImports = /import\('(\.[^']+)'\)/g;
const isContract = (file: string): boolean => dirname(file) === contracts;

function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'operation' in value && 'method' in value;
}

/** Every route that there is, by operation. */
export async function allRoutes(): Promise<Map<string, Route>> {
  const files = globSync('*.ts', { cwd: contracts });
  const modules = await Promise.all(files.map(async (file) => (await import(join(contracts, file))) as object));
  const routes = modules.flatMap((found) => Object.values(found).filter(isRoute));
  return new Map(routes.map((route) => [route.operation, route]));
}

/** The routes of a file of contracts that an import takes by name. */
async function routesIn(file: string, taken: string): Promise<Route[]> {
  const names = /\{([^}]*)\}/.exec(taken)?.[1]?.split(',') ?? [];
  const found = (await import(file)) as Record<string, unknown>;
  return names
    .map((name) => name.trim().split(' ')[0] ?? '')
    .map((name) => found[name])
    .filter(isRoute);
}

/** Collects what changes something from a file and all that it imports of the app. */
async function collect(file: string, seen: Set<string>, routes: Map<string, Route>): Promise<void> {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const taken = [...text.matchAll(imports)].map(([, names = '', from = '']) => ({ names, from }));
  const later = [...text.matchAll(laterImports)].map(([, from = '']) => ({ names: '', from }));
  for (const { names, from } of [...taken, ...later]) {
    const target = join(dirname(file), from);
    if (isContract(target)) {
      for (const route of await routesIn(target, names)) {
        if (route.method !== 'get') routes.set(route.operation, route);
      }
    } else if (target.startsWith(uiSources)) await collect(target, seen, routes);
  }
}

const deedsOfFile = async (file: string): Promise<Map<string, Route>> => {
  const routes = new Map<string, Route>();
  await collect(file, new Set(), routes);
  return routes;
};

/** The routes that change something and that the page can call, by operation. @param folder the page's part of the app */
export async function deedsOf(page: Page, folder: string): Promise<Map<string, Route>> {
  const file = /\/?([\w-]+-page\.tsx)/.exec(String(page.load))?.[1];
  if (file === undefined) throw new Error(`${page.path} does not say what it loads: ${page.load}`);
  return await deedsOfFile(join(uiSources, folder, file));
}
