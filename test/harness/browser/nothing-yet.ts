/** An API that has nothing to list and nothing that costs, and what a page says then. */
import type { Page as Tab } from 'playwright-core';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListed = (answer: unknown): boolean => isFields(answer) && Array.isArray(answer['items']);

/** The answer without what it lists, itself or one level below: no items, a total of none. */
function unlisted(answer: unknown, depth = 0): unknown {
  if (!isFields(answer)) return answer;
  const fields = Object.entries(answer).map(([name, value]) => [
    name,
    Array.isArray(value) ? [] : depth === 0 ? unlisted(value, depth + 1) : value,
  ]);
  return { ...Object.fromEntries(fields), ...(isListed(answer) && { total: 0 }) };
}

/** The answer with every number of it zero. */
function free(answer: unknown): unknown {
  if (typeof answer === 'number') return 0;
  if (!isFields(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, free(value)]));
}

/** What the API answers where nothing is there yet, and whether that is a list. @param path the request's, whose answer it was */
export const emptied = (path: string, answer: unknown): { json: unknown; isList: boolean } => ({
  json: path.startsWith('/api/billing/') ? free(unlisted(answer)) : unlisted(answer),
  isList: isListed(answer) || (isFields(answer) && isListed(answer['data'])),
});

export interface Nothing {
  title: string;
  text: string;
}

/** What stands on the page in the place of what is not there. */
export const saidOfNothing = (tab: Tab): Promise<Nothing[]> =>
  tab.locator('main .pf-v6-c-empty-state').evaluateAll((all) =>
    all.map((one) => ({
      title: one.querySelector('.pf-v6-c-empty-state__title-text')?.textContent ?? '',
      text: one.querySelector('.pf-v6-c-empty-state__body')?.textContent ?? '',
    })),
  );

const negation = /\b(?:no|not|none|nothing|nobody|never)\b/i;

/** Those that say only that something is missing: no sentence of them says what to do, what comes by itself or why it is good. */
export const unhelpful = (said: readonly Nothing[]): Nothing[] =>
  said.filter(({ text }) => text.split(/[.;:]\s*/).every((sentence) => sentence === '' || negation.test(sentence)));

/** Tables that have come and have no row: they say nothing. */
export const bareTables = (tab: Tab): Promise<string[]> =>
  tab
    .locator(
      'main table[aria-busy="false"]:not(:has(tbody tr)), main [role="grid"][aria-busy="false"]:not(:has(tbody tr))',
    )
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
