/** What the figure of the pages makes of their numbers: a page of which nothing is known is no page that is right. */
import { expect, it } from 'vitest';
import { faultsOf, withoutNumbers } from '../../bench/support/pages/judge.ts';
import { deedsOfPages } from '../harness/browser/button-matrix.ts';

const sight = (shown: number, of: number, faults: string[] = []) => ({ addresses: 1, numbers: { shown, of }, faults });

it('faults a page that shows no number, and one without a number to look for', () => {
  expect(faultsOf('/usage', sight(1, 3, ['is cut']))).toEqual(['is cut']);
  expect(faultsOf('/usage', sight(0, 3, ['is cut']))).toEqual([
    'is cut',
    'shows no number of those that the API gives',
  ]);
  expect(faultsOf('/usage', sight(0, 0))).toEqual(['has no number that could be looked for']);
  expect(faultsOf('/licence', sight(0, 0))).toEqual([]);
  // Where there are some, they are looked for there, too.
  expect(faultsOf('/licence', sight(0, 1))).toHaveLength(1);
});

it('lets off pages that there are', async () => {
  const paths = new Set((await deedsOfPages()).map(({ page }) => page.path));
  expect(Object.keys(withoutNumbers).filter((path) => !paths.has(path))).toEqual([]);
});
