/** A correction's preview is what the bill then shows, and what was billed with the deltas is what would have been billed. */
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

it('previews what the bill then shows, and billed plus deltas is what would have been billed, to the cent', {
  timeout: 7_200_000,
}, async () => {
  const faults: string[] = [];
  let cases = 0;
  for (let seed = first; seed < first + stories && faults.length < 20; seed++) {
    const played = await playStory(seed, correctionsEach);
    cases += played.cases;
    faults.push(...played.faults);
  }
  console.log(`${stories} customers, ${cases} corrections, ${faults.length} differ`);
  expect(faults).toEqual([]);
  expect(cases).toBe(stories * correctionsEach);
});
