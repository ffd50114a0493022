import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { mutants } from './mutants.ts';
import { billsUntilSeen } from './mutate.ts';
import { productOf } from './product.ts';
import { storyOf } from './stories.ts';

// `npm run figures -- rating --bills N` compares as many as there is time for.
const bills = 10_000;
const firstSeed = 1;
const billsPerMutant = 5_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('rating beside an oracle of exact fractions', () => {
  it(`agrees on each line of ${bills} random bills`, async () => {
    const product = await productOf(root);
    const differences: string[] = [];
    let ties = 0;
    let lines = 0;
    for (let seed = firstSeed; seed < firstSeed + bills; seed++) {
      const compared = compare(product, storyOf(seed));
      differences.push(...compared.differences.map((difference) => `seed ${seed}: ${difference}`));
      ties += compared.ties;
      lines += compared.lines;
    }
    expect(differences).toEqual([]);
    // The stories have what could go wrong in them.
    expect(lines).toBeGreaterThan(8 * bills);
    expect(ties).toBeGreaterThan(bills / 40);
  });

  it.each(mutants)('is seen to be wrong when $name', async (mutant) => {
    expect(await billsUntilSeen(mutant, billsPerMutant, firstSeed)).not.toBeNull();
  });
});
