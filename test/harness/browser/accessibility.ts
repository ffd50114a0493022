/** What a page is checked for by axe: nothing that keeps somebody from using it. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { colourFindings, graveFindings } from './findings.ts';

/** Serious and critical findings of the page as it is now: there must be none. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await graveFindings(page)).toEqual([]);
}

/** The same of the page's colours alone, where all else has been looked at and only they are others. */
export async function expectColours(page: Page): Promise<void> {
  expect(await colourFindings(page)).toEqual([]);
}
