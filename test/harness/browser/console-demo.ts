/**
 * Some weeks of the demo, played on the platform of a test: customers in several states, a gap, a deployment that has failed,
 * a review that waits. The clock stands at its end, so that numbers stay what they are.
 */
import { type Ask, demoApi } from '../../../dev/demo/api.ts';
import { ceilTo, dayMs, hourMs } from '../../../src/lib/time.ts';
import type { TestPlatform } from '../platform.ts';
import { type Lives, playLives } from './short-demo.ts';

/** The platform's environment for it: the clock stands, and so would what a rate limit forgives. */
export const forConsoleDemo = {
  SIMULATED_JOB_MS: '0',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_SIGN_IN: 'off',
  RATE_LIMIT_AUTH: 'off',
};

/** Playing it takes so long at most, ms. */
export const consoleDemoMsMax = 240_000;

const days = 33;

/** With what makes their lives short enough. */
const lives: Lives = {
  2: { joins: 0 },
  6: { joins: 0 },
  9: { joins: 0 },
  18: { joins: 0, leaves: 20 },
  19: { joins: 1 },
  22: { joins: 1 },
  23: { joins: 1 },
};

export interface ConsoleDemo {
  admin: Ask;
  /** Places in the cast of those who are there. */
  numbers: readonly number[];
  /** The customer's id. @param number its place in the cast */
  customerOf: (number: number) => string;
  companyOf: (number: number) => string;
}

export async function playConsoleDemo({ ready }: TestPlatform): Promise<ConsoleDemo> {
  const api = demoApi(ready, new AbortController().signal);
  const from = ceilTo(await api.clock({ hold: true }), dayMs);
  const personOf = await playLives(api, lives, { from, until: from + days * dayMs + 11 * hourMs });
  return {
    admin: api.admin,
    numbers: Object.keys(lives).map(Number),
    customerOf: (number) => personOf(number).customerId,
    companyOf: (number) => personOf(number).member.company,
  };
}
