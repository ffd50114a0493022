import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { checkMonth } from './sums.ts';

/** `npm run figures -- organisation-sums` asks for more, and for others. */
const { TEST_ORGANISATION_MONTHS: months = 150, TEST_ORGANISATION_FIRST: first = 1 } = env as unknown as {
  TEST_ORGANISATION_MONTHS?: number;
  TEST_ORGANISATION_FIRST?: number;
};

it('says the same to the cent whichever way a month is read, and what exact fractions say', {
  timeout: 3_600_000,
}, async () => {
  const faults: string[] = [];
  let compared = 0;
  for (let seed = first; seed < first + months && faults.length < 20; seed++) {
    const checked = await checkMonth(seed);
    compared += checked.compared;
    faults.push(...checked.faults);
  }
  console.log(`${months} months, ${compared} amounts compared, ${faults.length} differ`);
  expect(faults).toEqual([]);
  expect(compared).toBeGreaterThan(months * 20);
});
