/** A page by Tab alone: which of its controls are never reached, and which do not show that they are. */
import type { Page as Tab } from 'playwright-core';

/** What the page keeps of its controls while it is gone through. */
interface Kept {
  controls: { of: HTMLElement; called: string; isReached: boolean; isSeen: boolean; looks: string }[];
  looksOf: (of: HTMLElement) => string;
  /** What had the focus last: a date's field keeps it for its day, its month and its year. */
  last: HTMLElement | null;
}

/** In the page: every control that can be seen, as it looks without the focus. @returns how many there are */
function begin(): number {
  const operable =
    'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^="-"]), [role="button"], [role="tab"], [role="link"], [role="menuitem"], [role="switch"]';
  /** Of what is not drawn the colour is told as well, and changes with the text's or with a theme's: nobody sees that. */
  const drawnLine = (style: string, width: string, color: string) =>
    style === 'none' || Number.parseFloat(width) === 0 ? '' : `${style} ${width} ${color}`;
  const drawnGround = (color: string) => (/, 0\)$/.test(color) ? '' : color);
  /** What a ring, a line or another ground would change, on the control or on what it is drawn in. */
  const looksOf = (of: HTMLElement) => {
    const drawn = [of, of.parentElement, of.parentElement?.parentElement].filter((one) => one instanceof HTMLElement);
    return drawn
      .flatMap((one) => [undefined, '::before', '::after'].map((part) => getComputedStyle(one, part)))
      .map((style) =>
        [
          drawnLine(style.outlineStyle, style.outlineWidth, style.outlineColor),
          style.boxShadow,
          drawnLine(style.borderTopStyle, style.borderTopWidth, style.borderTopColor),
          drawnLine(style.borderBottomStyle, style.borderBottomWidth, style.borderBottomColor),
          drawnLine(style.borderLeftStyle, style.borderLeftWidth, style.borderLeftColor),
          drawnGround(style.backgroundColor),
          style.textDecorationLine === 'none' ? '' : style.textDecoration,
        ].join(),
      )
      .join('|');
  };
  (document.activeElement as HTMLElement | null)?.blur();
  const controls = [...document.querySelectorAll<HTMLElement>(operable)]
    .filter((of) => of.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((of) => of.getClientRects().length > 0 && of.closest('[inert], [aria-hidden="true"]') === null)
    .filter((of) => !of.matches(':disabled, [aria-disabled="true"], [tabindex^="-"]:is(main, h1)'))
    .map((of) => {
      const name = of.getAttribute('aria-label') ?? of.textContent?.trim().slice(0, 40);
      return { of, called: `${of.tagName.toLowerCase()} ${name}`, isReached: false, isSeen: false, looks: looksOf(of) };
    });
  Object.assign(window, { tabbing: { controls, looksOf, last: null } satisfies Kept });
  return controls.length;
}

/** In the page: notes what has the focus. @returns whether it had it before, and all has been gone through */
async function note(): Promise<boolean> {
  const kept = (window as unknown as { tabbing: Kept }).tabbing;
  const { controls, looksOf, last } = kept;
  const found = controls.find(({ of }) => of === document.activeElement);
  if (found === undefined) return false;
  if (found.isReached) return found.of !== last;
  kept.last = found.of;
  found.isReached = true;
  const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  if (looksOf(found.of) === found.looks) await Promise.allSettled(fading.map(({ finished }) => finished));
  found.isSeen = found.of.matches(':focus-visible') && looksOf(found.of) !== found.looks;
  return false;
}

/** In the page. A group of radios is one stop, and so are tabs and menus: arrows lead on inside. */
function end(): { unreached: string[]; unseen: string[] } {
  const { controls } = (window as unknown as { tabbing: Kept }).tabbing;
  const groupOf = (of: HTMLElement) =>
    of instanceof HTMLInputElement && of.type === 'radio'
      ? (of.closest('fieldset, [role="radiogroup"]') ?? of.form ?? of)
      : (of.closest('[role="tablist"], [role="menu"], [role="listbox"]') ?? of);
  const reached = new Set(controls.filter(({ isReached }) => isReached).map(({ of }) => groupOf(of)));
  const there = controls.filter(({ of }) => of.isConnected && of.checkVisibility({ visibilityProperty: true }));
  return {
    unreached: there.filter(({ of }) => !reached.has(groupOf(of))).map(({ called }) => called),
    unseen: there.filter(({ isReached, isSeen }) => isReached && !isSeen).map(({ called }) => called),
  };
}

/** What controls that come meanwhile, and the parts of dates, may add. */
const stopsMore = 50;

/** Goes once through the page by Tab. @returns controls that it leads to never, and those on which the focus cannot be seen */
export async function byTab(tab: Tab): Promise<{ unreached: string[]; unseen: string[] }> {
  const count = await tab.evaluate(begin);
  for (let stops = 0; stops < count + stopsMore; stops += 1) {
    await tab.keyboard.press('Tab');
    if (await tab.evaluate(note)) break;
  }
  await tab.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  return await tab.evaluate(end);
}
