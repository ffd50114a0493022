/**
 * Some of the demo's customers with five weeks behind them that end now: usage of every hour, an outage, a closed trial, a running
 * one.
 */
import { demoApi } from '../../../dev/demo/api.ts';
import type { Member } from '../../../dev/demo/cast.ts';
import { dayMs, floorTo, iso } from '../../../src/lib/time.ts';
import type { TestPlatform } from '../platform.ts';
import { type Lives, type Person, playLives } from './short-demo.ts';

const days = 35;

const lives: Lives = {
  2: { joins: 0, project: null },
  6: { joins: 0, project: null },
  28: { joins: -9, project: null },
};

export type DemoName = 'paying' | 'small' | 'trialing';
const places: Readonly<Record<DemoName, number>> = { paying: 2, small: 6, trialing: 28 };

export function portalDemo() {
  const from = floorTo(Date.now(), dayMs) - days * dayMs;
  let personOf: ((number: number) => Person) | null = null;
  return {
    args: ['--at', iso(from)],
    env: { SIMULATED_JOB_MS: '0', LOG_LEVEL: 'warn' },
    async fill({ ready }: TestPlatform): Promise<void> {
      const api = demoApi(ready, new AbortController().signal);
      personOf = await playLives(api, lives, { from, until: Date.now() }, Date.now);
      await api.clock({ to: 'real', hold: false });
    },
    memberOf(name: DemoName): Member & { customerId: string } {
      if (personOf === null) throw new Error('the demo has not been played');
      const { member, customerId } = personOf(places[name]);
      return { ...member, customerId };
    },
  };
}
