/**
 * What a list shows, kept in the address: search, filters, sort, page. So a list can be linked to, the back button undoes,
 * and signing in again comes back to the same rows.
 */
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

const pageSizes = [20, 50, 100] as const;

export interface ListState {
  q: string;
  page: number;
  limit: number;
  /** Rows of a page that can be chosen. */
  sizes: readonly number[];
  /** A column's `sort`, with `-` before it for the largest first; null: as the API sorts. */
  sort: string | null;
  /** Those that are set, by name. */
  filters: Readonly<Record<string, string>>;
  /** Changes some; what is null or '' is taken out. Every change but one of the page itself goes to the first page. */
  set: (changes: Readonly<Record<string, string | number | null>>) => void;
  /** Takes search and filters out. */
  clear: () => void;
}

const wholeOr = (text: string | null, otherwise: number): number => {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 1 ? number : otherwise;
};

/**
 * @param filterNames the query's names of this list's filters, fixed
 * @param sizes rows of a page, the usual first; fixed
 */
export function useListState(
  filterNames: readonly string[],
  sizes: readonly [number, ...number[]] = pageSizes,
): ListState {
  const [query, setQuery] = useSearchParams();
  return useMemo(() => {
    const set: ListState['set'] = (changes) =>
      setQuery((before) => {
        const after = new URLSearchParams(before);
        if (!('page' in changes)) after.delete('page');
        for (const [name, value] of Object.entries(changes)) {
          if (value === null || value === '') after.delete(name);
          else after.set(name, String(value));
        }
        return after;
      });
    const limit = wholeOr(query.get('limit'), sizes[0]);
    return {
      q: query.get('q') ?? '',
      page: wholeOr(query.get('page'), 1),
      limit: sizes.find((size) => size === limit) ?? sizes[0],
      sizes,
      sort: query.get('sort'),
      filters: Object.fromEntries(
        filterNames.flatMap((name) => {
          const value = query.get(name);
          return value === null ? [] : [[name, value]];
        }),
      ),
      set,
      clear: () => set(Object.fromEntries(['q', ...filterNames].map((name) => [name, null]))),
    };
  }, [query, setQuery, filterNames, sizes]);
}
