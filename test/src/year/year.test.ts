/** A month of many customers beside the oracle, the short form of `npm run figures -- year`: not a cent differs. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { liveYear } from './live.ts';

const {
  TEST_YEAR_CUSTOMERS: customers = 5,
  TEST_YEAR_DAYS: days = 64,
  TEST_YEAR_SEED: seed = 1,
  TEST_YEAR_PACE: pace = 5,
} = env as unknown as Partial<
  Record<'TEST_YEAR_CUSTOMERS' | 'TEST_YEAR_DAYS' | 'TEST_YEAR_SEED' | 'TEST_YEAR_PACE', number>
>;

/** In less the free days would be most of it. */
const shortDays = 150;

it('bills each customer what the oracle says, to the cent, whatever happens', { timeout: 14_400_000 }, async () => {
  const begun = performance.now();
  const asked = { customers, days, seed, pace, trialDays: days < shortDays ? 3 : 14 };
  const { counts, problems } = await liveYear(asked, (line) => console.log(line));
  console.log(
    JSON.stringify({
      year: { seed, customers, days, pace, counts, problems: problems.length, ms: performance.now() - begun },
    }),
  );
  expect(problems).toEqual([]);
  expect(counts['final invoices']).toBeGreaterThan(customers);
  expect(counts['previews with the total of the invoice']).toBeGreaterThan(customers);
  // Of each kind that has to be proven there is one.
  for (const what of [
    'statements that verify: cycle',
    'statements that verify: closing',
    'statements that verify: delta',
  ])
    expect(counts[what], what).toBeGreaterThan(0);
  expect(counts['invoices of changes after the end']).toBeGreaterThan(0);
  expect(counts['credit notes']).toBeGreaterThan(0);
});
