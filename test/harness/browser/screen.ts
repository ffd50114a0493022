/** What of a page is not on the screen, on a small laptop or on a phone, without scrolling sideways. */
import type { Page } from 'playwright-core';
import { unusedClasses } from '../../../ui/unused-styles.ts';

/** A small laptop's, a phone's, CSS pixels. */
export const widths = [1200, 375] as const;
export const height = 800;

/** In the page. @param unstyled classes whose styles are not in the build. @returns what is of them, sticks out of it, is cut, or must be scrolled sideways */
function sticksOut(unstyled: string): string[] {
  const main = document.querySelector('main') ?? document.body;
  const all = [...main.querySelectorAll<HTMLElement>('*')].filter((of) => of.getClientRects().length > 0);
  const called = (of: Element) => `${of.tagName} ${of.getAttribute('class') ?? ''}: ${of.textContent?.slice(0, 40)}`;
  const isWide = (of: Element) => of.scrollWidth > of.clientWidth + 1;
  const screen = document.documentElement;
  const right = main.getBoundingClientRect().right + 1;
  /** A field's own text is longer than the field. */
  const isField = (of: Element) => of.matches('input, textarea, select');
  const scrolls = (of: Element) => /auto|scroll/.test(getComputedStyle(of).overflowX) && isWide(of) && !isField(of);
  const isCut = (of: Element) => of.matches('th *, th, h1, h2, h3, button *') && isWide(of) && hides(of);
  const hides = (of: Element) => /hidden|clip/.test(getComputedStyle(of).overflowX);
  /** A table is as wide as what it stands in. */
  const isWiderTable = (of: Element) =>
    of.matches('table') &&
    of.getBoundingClientRect().right > (of.parentElement?.getBoundingClientRect().right ?? 0) + 1;
  /** What only screen readers have stands nowhere. */
  const isUnseen = (of: Element) => of.closest('.pf-v6-screen-reader, svg') !== null;
  const isUnstyled = (of: Element) => [...of.classList].some((name) => new RegExp(`^(?:${unstyled})$`).test(name));
  return [
    ...(isWide(screen) ? ['the page'] : []),
    ...all
      .filter((of) => !isUnseen(of))
      .flatMap((of) => [
        ...(of.getBoundingClientRect().right > right ? [`out of the page: ${called(of)}`] : []),
        ...(scrolls(of) ? [`scrolls: ${called(of)}`] : []),
        ...(isCut(of) ? [`cut: ${called(of)}`] : []),
        ...(isUnstyled(of) ? [`without its style: ${called(of)}`] : []),
        ...(isWiderTable(of) ? [`wide: ${called(of)}`] : []),
      ]),
  ].slice(0, 5);
}

/** The first of what sticks out, is cut or must be scrolled, as the page is now. */
export const outOfScreen = (page: Page): Promise<string[]> => page.evaluate(sticksOut, unusedClasses.join('|'));
