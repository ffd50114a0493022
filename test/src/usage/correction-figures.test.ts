/** A correction's preview is what invoices then have, and what was billed with the deltas is what would have been billed. */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { publishStories } from './billed-customer.ts';
import { playStory } from './correction-stories.ts';

/** `npm run figures -- corrections` asks for more, and for others. */
const { TEST_CORRECTION_STORIES: stories = 4, TEST_CORRECTION_FIRST: first = 1 } = env as unknown as {
  TEST_CORRECTION_STORIES?: number;
  TEST_CORRECTION_FIRST?: number;
};
const correctionsEach = 10;

beforeAll(publishStories);

it('previews what invoices then have, and billed plus deltas is what would have been billed, to the cent', {
  timeout: 7_200_000,
}, async () => {
  const faults: string[] = [];
  let cases = 0;
  const on: Record<string, number> = {};
  for (let seed = first; seed < first + stories && faults.length < 20; seed++) {
    const played = await playStory(seed, correctionsEach);
    cases += played.cases;
    for (const [invoice, count] of Object.entries(played.on)) on[invoice] = (on[invoice] ?? 0) + count;
    faults.push(...played.faults);
  }
  console.log(`${stories} customers, ${cases} corrections on ${JSON.stringify(on)}, ${faults.length} differ`);
  expect(faults).toEqual([]);
  expect(cases).toBe(stories * correctionsEach);
});
