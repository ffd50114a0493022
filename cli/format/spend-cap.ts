/** A spend cap in words: how much is used, what happens at the whole of it, and how far it can be overshot. Pure. */
import type { CapView } from '../../src/contracts/spend-caps.ts';
import { dollars, minuteOf } from './amounts.ts';

const states: Readonly<Record<CapView['state'], string>> = {
  below: 'below the cap',
  reached: 'the cap is reached',
  suspended: 'the cap is reached, and the instance is stopped',
};

const actions: Readonly<Record<CapView['action'], string>> = {
  notify: 'its people are told, and the instance goes on',
  suspend: 'the instance is stopped until the cap is raised or the period ends; its data is kept',
};

function overshootOf({ overshoot_cents: cents, unbounded_since: since }: CapView): string {
  if (cents !== null) return `at most ${dollars(cents)} above it, if nothing is used faster than in the last 24 hours`;
  return since === null ? 'nobody can say yet' : `unbounded: usage is missing since ${minuteOf(since)} UTC`;
}

export function capLines(cap: CapView | null): string[] {
  if (cap === null) return ['No spend cap is set.'];
  return [
    `cap        ${dollars(cap.cap_cents)} a period, the fee included, before credit and tax`,
    `used       ${dollars(cap.used_cents)}, ${cap.used_percent} % of it, in the period until ${minuteOf(cap.period.end)} UTC`,
    `state      ${states[cap.state]}${cap.reached_at === null ? '' : ` since ${minuteOf(cap.reached_at)} UTC`}`,
    `at 100 %   ${actions[cap.action]}`,
    `overshoot  ${overshootOf(cap)}`,
  ];
}
