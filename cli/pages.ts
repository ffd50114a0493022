/** The API's lists: reading all of one, page by page, and the line that says which page of how many this is. */
import type { Command } from 'commander';
import { pageQuery } from '../src/contracts/common.ts';
import { ok, type Result } from '../src/lib/result.ts';
import { by } from './command.ts';
import type { Failure } from './failure.ts';
import { counted } from './format/amounts.ts';

/** The API's largest page (src/contracts/common.ts). */
const pageLimitMax = 100;

interface Page {
  items: unknown[];
  total: number;
}

export interface PageOptions {
  page: number;
  limit: number;
}

export interface ReadAllOptions<P extends Page> {
  /** What tells items apart in a list that grows at its front while it is read: one that moved to the next page is there once. */
  idOf?: (item: P['items'][number]) => string;
  onPage?: (seen: number, total: number) => void;
}

/** All items, and the first page for what stands beside them. What is added while it reads may be missed. */
export async function readAll<P extends Page>(
  read: (page: number, limit: number) => Promise<Result<P, Failure>>,
  { idOf, onPage = () => {} }: ReadAllOptions<P> = {},
): Promise<Result<{ first: P; items: P['items'][number][] }, Failure>> {
  const first = await read(1, pageLimitMax);
  if (!first.ok) return first;
  let current: P = first.value;
  const items: P['items'][number][] = [...current.items];
  for (let page = 2; (page - 1) * pageLimitMax < current.total && current.items.length > 0; page += 1) {
    onPage(items.length, current.total);
    const next = await read(page, pageLimitMax);
    if (!next.ok) return next;
    current = next.value;
    items.push(...current.items);
  }
  return ok({ first: first.value, items: idOf === undefined ? items : [...unique(items, idOf).values()] });
}

const unique = <T>(items: readonly T[], idOf: (item: T) => string): Map<string, T> =>
  new Map(items.map((item) => [idOf(item), item]));

/** Adds `--page` and `--limit`; `what` are the items, in the plural. */
export const takesPage = (command: Command, what: string): Command =>
  command
    .option('--page <n>', 'page, from 1', by(pageQuery.shape.page), 1)
    .option('--limit <n>', `${what} a page, up to ${pageLimitMax}`, by(pageQuery.shape.limit), 20);

/** A page for people: the table and where it stands, or one sentence when there is nothing on it. */
export function pageLines(
  { page, limit }: PageOptions,
  total: number,
  what: string,
  table: readonly string[],
): string[] {
  const pages = Math.ceil(total / limit);
  if (total === 0) return [`no ${what}`];
  if (page > pages) return [`page ${page} is past the end: ${counted(pages, 'page')}, ${total} in all`];
  return [...table, `page ${page} of ${pages}, ${total} in all`];
}
