/** Reading a whole list page by page. */
import { ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';

/** The API's largest page (src/contracts/common.ts). */
const pageLimitMax = 100;

interface Page {
  items: unknown[];
  total: number;
}

/**
 * All items, and the first page for what stands beside them. Items that come or go while it reads may be seen twice or
 * not at all, as with any paging by number.
 */
export async function readAll<P extends Page>(
  read: (page: number, limit: number) => Promise<Result<P, Failure>>,
  onPage: (seen: number, total: number) => void = () => {},
): Promise<Result<{ first: P; items: P['items'][number][] }, Failure>> {
  const first = await read(1, pageLimitMax);
  if (!first.ok) return first;
  const items: P['items'][number][] = [...first.value.items];
  for (let page = 2; items.length < first.value.total; page += 1) {
    onPage(items.length, first.value.total);
    const next = await read(page, pageLimitMax);
    if (!next.ok) return next;
    if (next.value.items.length === 0) break;
    items.push(...next.value.items);
  }
  return ok({ first: first.value, items });
}
