/**
 * Some of the demo's customers with five weeks behind them that end now, by the demo's own program: usage of every hour, an
 * outage, a closed trial, a running one.
 */
import { demoApi } from '../../../dev/demo/api.ts';
import { cast, type Member } from '../../../dev/demo/cast.ts';
import { play } from '../../../dev/demo/run.ts';
import { plan } from '../../../dev/demo/story.ts';
import { dayMs, floorTo, iso } from '../../../src/lib/time.ts';
import type { TestPlatform } from '../platform.ts';

const days = 35;
const seed = 7;

/** By their place in the cast: who joins when. */
const lives: Readonly<Record<number, number>> = { 2: 0, 6: 0, 28: -9 };

export type DemoName = 'paying' | 'small' | 'trialing';
const places: Readonly<Record<DemoName, number>> = { paying: 2, small: 6, trialing: 28 };

export function shortDemo() {
  const from = floorTo(Date.now(), dayMs) - days * dayMs;
  let people: Awaited<ReturnType<typeof play>>['people'];
  const memberOf = (name: DemoName): Member & { customerId: string } => {
    const found = people.get(places[name]);
    if (found === undefined) throw new Error(`${name} has not joined`);
    return { ...found.member, customerId: found.customerId };
  };
  return {
    args: ['--at', iso(from)],
    env: { SIMULATED_JOB_MS: '0', LOG_LEVEL: 'warn' },
    async fill({ ready }: TestPlatform): Promise<void> {
      const members = cast.flatMap((member) => {
        const joins = lives[member.number];
        return joins === undefined ? [] : [{ ...member, joins, project: null }];
      });
      const api = demoApi(ready, new AbortController().signal);
      const story = plan(members, { seed, from, until: Date.now() });
      ({ people } = await play(api, story, () => {}, Date.now));
      await api.clock({ to: 'real', hold: false });
    },
    memberOf,
  };
}
