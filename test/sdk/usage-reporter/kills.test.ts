/** The short form of `npm run figures -- usage-reporter`. */
import { describe, expect, it } from 'vitest';
import { planTroubles } from '../../../bench/support/usage-reporter/plan.ts';
import { trial } from '../../../bench/support/usage-reporter/trial.ts';
import { hourMs } from './time.ts';

const nothingAmiss = { windowsMissing: 0, windowsTwice: 0, refused: 0, lost: 0, doubled: 0, killsUnsaid: 0 };

describe('an application that is killed', () => {
  it('while its API is away for 6 hours: each window once, nothing lost that was flushed, nothing twice', async () => {
    const plan = planTroubles({
      seed: 1,
      kills: 3,
      steps: 0,
      outages: 1,
      outageMs: 6 * hourMs,
      stepMsMax: 0,
      pauseMsMax: 2 * hourMs,
    });
    const outcome = await trial(plan, 1);
    expect(outcome).toMatchObject(nothingAmiss);
    expect(outcome.callsDone).toBeGreaterThan(10);
    expect(outcome.incomplete).toBeGreaterThan(0);
  });

  it('while its clock is put forward and back: the same', async () => {
    const plan = planTroubles({
      seed: 2,
      kills: 2,
      steps: 2,
      outages: 0,
      outageMs: 0,
      stepMsMax: 2 * hourMs,
      pauseMsMax: hourMs,
    });
    expect(await trial(plan, 2)).toMatchObject(nothingAmiss);
  });
});
