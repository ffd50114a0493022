/** What a page is checked for by axe: nothing that keeps somebody from using it. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Axe's rules of colours; that of WCAG's AAA is off in axe unless it is asked for. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** A script that does nothing, in axe's place where the page has it. */
const nothing = ';';

const hasAxe = (page: Page): Promise<boolean> => page.evaluate(() => 'axe' in window);

/**
 * In the page itself, and only what is found: axe's other way runs in every frame and puts the parts together on a page of its own, which
 * takes as long again, and none of our pages has a frame. Fails where one has.
 */
async function axeOf(page: Page): Promise<AxeBuilder> {
  expect(page.frames().length).toBe(1);
  const axe = new AxeBuilder({ page, ...((await hasAxe(page)) && { axeSource: nothing }) });
  return axe.setLegacyMode(true);
}

async function expectNothingGrave(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const said = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(said).toEqual([]);
}

/** Serious and critical findings of the page as it is now: there must be none. */
export async function expectAccessible(page: Page): Promise<void> {
  const axe = await axeOf(page);
  await expectNothingGrave(axe.options({ resultTypes: ['violations'] }));
}

/** The same of the page's colours alone, by every rule that is about them: nothing else is another where it is dark. */
export async function expectColours(page: Page): Promise<void> {
  const axe = await axeOf(page);
  await expectNothingGrave(axe.options({ resultTypes: ['violations'] }).withRules(colourRules));
}
