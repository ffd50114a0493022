/** What axe finds on a page that keeps somebody from using it. Owns how axe is run; what is expected, a test says. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Axe's rules of colours; that of WCAG's AAA is off in axe unless it is asked for. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** A script that does nothing, in axe's place where the page has it. */
const nothing = ';';

/** Until what fades from one colour into another has done so: between them text may be too weak. In the page. */
async function fade(): Promise<void> {
  const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  await Promise.allSettled(fading.map(({ finished }) => finished));
}

/**
 * In the page itself, and only what is found: axe's other way runs in every frame and puts the parts together on a page of its own, which
 * takes as long again, and none of our pages has a frame. Throws where one has.
 */
async function axeOf(page: Page): Promise<AxeBuilder> {
  if (page.frames().length > 1) throw new Error(`${page.url()} has a frame, which axe would not look into`);
  await page.evaluate(fade);
  const isThere = await page.evaluate(() => 'axe' in window);
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: nothing }) });
  return axe.setLegacyMode(true).options({ resultTypes: ['violations'] });
}

async function graveOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Serious and critical findings of the page as it is now. */
export const graveFindings = async (page: Page): Promise<string[]> => await graveOf(await axeOf(page));

/** The same of the page's colours alone, by every rule that is about them: nothing else is another where it is dark. */
export const colourFindings = async (page: Page): Promise<string[]> =>
  await graveOf((await axeOf(page)).withRules(colourRules));
