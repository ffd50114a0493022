/**
 * What of PatternFly's styles the pages never use: looks that the app does not offer, a table's shapes other than ours, the
 * same property at each width where only one is asked for. It is a third of what a page would load of styles.
 * test/harness/browser/fits.ts fails on a page that uses one of them.
 */

const width = '(?:sm|md|lg|xl|2xl)';

/** Classes of elements that no page has, as sources of regular expressions. */
export const unusedClasses = [
  // Lists become cards at one width only; trees and rows that unfold are nowhere.
  'pf-m-grid(?:-(?:sm|lg|xl|2xl))?',
  'pf-m-tree-view[\\w-]*',
  'pf-m-(?:expandable|striped|draggable)',
  'pf-v6-c-table__(?:expandable-row|compound-expansion-toggle|control-row)[\\w-]*',
  'pf-v6-c-drawer[\\w-]*',
  'pf-v6-pficon[\\w-]*',
  `pf-m-(?:align|visible|hidden|show|wrap|nowrap|row-gap|column-gap|gap|spacer|space-items|row|column|justify-content|align-items|align-content|align-self|order|inline-flex|grow|shrink|full-width|flex-[\\w-]+)[\\w-]*-on-${width}`,
] as const;

const unusedClass = new RegExp(`\\.(?:${unusedClasses.join('|')})(?![\\w-])`);
const unusedTheme = /^\s*:root:where\([^,]*pf-v6-theme-(?:felt|glass|high-contrast)[^,]*\)\s*$/;

/** A rule of CSS without rules in it, with its selectors. */
const plainRule = /([^{};]+)\{([^{}]*)\}/g;
/** Between selectors, not inside of `:is()` and the like. */
const comma = /,(?![^(]*\))/;
/** What is in parentheses may be one of several, or what must not be there. */
const parentheses = /\([^()]*\)/g;

const isUnused = (selector: string): boolean =>
  unusedTheme.test(selector) || unusedClass.test(selector.replace(parentheses, '').replace(parentheses, ''));

/** @param css of PatternFly. @returns the same without what is unused */
export const withoutUnused = (css: string): string =>
  css.replace(plainRule, (rule, selectors: string, body: string) => {
    const all = selectors.split(comma);
    const used = all.filter((selector) => !isUnused(selector));
    if (used.length === all.length) return rule;
    return used.length === 0 ? '' : `${used.join(',')}{${body}}`;
  });
