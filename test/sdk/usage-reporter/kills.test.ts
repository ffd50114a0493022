/** The short form of `npm run figures -- usage-reporter`. */
import { describe, expect, it } from 'vitest';
import { planTroubles } from '../../../bench/support/usage-reporter/plan.ts';
import { trial } from '../../../bench/support/usage-reporter/trial.ts';
import { hourMs } from './time.ts';

const sizes = { outageMs: 6 * hourMs, stepMsMax: 2 * hourMs };
const nothingAmiss = { windowsMissing: 0, windowsTwice: 0, refused: 0, lost: 0, doubled: 0, killsUnsaid: 0 };

describe('an application that is killed', () => {
  it('while its API is away for 6 hours, or its clock is wrong: each window once, nothing lost, nothing twice', async () => {
    const [outage, steps] = await Promise.all([
      trial(planTroubles({ seed: 1, kills: 3, steps: 0, outages: 1, pauseMsMax: 2 * hourMs, ...sizes }), 1),
      trial(planTroubles({ seed: 2, kills: 2, steps: 2, outages: 0, pauseMsMax: hourMs, ...sizes }), 2),
    ]);
    expect(outage).toMatchObject(nothingAmiss);
    expect(steps).toMatchObject(nothingAmiss);
    expect(outage.callsDone).toBeGreaterThan(10);
    expect(outage.incomplete).toBeGreaterThan(0);
  });
});
