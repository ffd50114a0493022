import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { productOf } from './product.ts';
import { brokenBy, propertyNames } from './properties.ts';
import { storyOf } from './stories.ts';

// `npm run figures -- rating --stories N` tries as many as there is time for.
const stories = 2_000;
const firstSeed = 500_001;

it(`${propertyNames.length} properties hold for ${stories} random stories`, async () => {
  const product = await productOf(fileURLToPath(new URL('../..', import.meta.url)));
  const broken: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + stories; seed++) broken.push(...brokenBy(product, storyOf(seed)));
  expect(broken).toEqual([]);
});
