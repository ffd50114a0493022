/** The figure `deliveries` in short: reports repeated and shuffled, acknowledgements lost, workerd killed. */
import { expect, it } from 'vitest';
import { deliveries } from '../../bench/support/intake/deliveries.ts';

it('stores each report once though answers are lost, reports repeated and workerd killed', async () => {
  const result = await deliveries({ reports: 4000, kills: 2, seed: 7, log: () => {} });
  expect(result).toMatchObject({
    workerd_kills: 2,
    stored: 4000,
    lost: 0,
    unexpected: 0,
    doubled: 0,
    wrong: 0,
  });
  expect(result.repeats).toBeGreaterThan(600);
});
