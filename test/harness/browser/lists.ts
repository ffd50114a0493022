/** Rows and facts of a page, found as its reader finds them. */
import type { Locator, Page } from 'playwright-core';

/** Rows that have come; while a list loads there are none. @param name what screen readers call the list */
export const rowsOf = (page: Page, name: string): Locator =>
  page.getByRole('grid', { name, exact: true }).and(page.locator('[aria-busy="false"]')).locator('tbody tr');

/** What a page says of a term. */
export const factOf = (page: Page, term: string): Locator =>
  page.locator('dl > div', { has: page.locator('dt').getByText(term, { exact: true }) }).locator('dd');
