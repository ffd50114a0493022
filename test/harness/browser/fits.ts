/** Whether everything of a page is on the screen, on a small laptop and on a phone, without scrolling sideways. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { height, outOfScreen, widths } from './screen.ts';

/** The page as it is, at both widths; it is as narrow as a phone afterwards. */
export async function expectFits(page: Page): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => outOfScreen(page), { message: `at ${width} px` }).toEqual([]);
  }
}
