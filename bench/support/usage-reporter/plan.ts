/** What happens to an application and its billing API in a trial: the same seed gives the same. Hours are of the trial's own clock. */
import { hourMs, minuteMs } from '../../../src/lib/time.ts';
import { seeded } from '../random.ts';

export type Trouble =
  /** kill -9 of the application, which is started again. `quiet`: nothing is just being counted. */
  | { kind: 'kill'; quiet: boolean }
  /** The application's wall clock is put forward, or back. */
  | { kind: 'step'; byMs: number }
  /** The API answers 503, cuts connections, or never answers. */
  | { kind: 'outage'; how: 'refuses' | 'cuts' | 'hangs'; ms: number };

export type Event = Trouble & { afterMs: number };

export interface PlanOptions {
  seed: number;
  kills: number;
  steps: number;
  outages: number;
  outageMs: number;
  stepMsMax: number;
  /** Between two troubles. */
  pauseMsMax: number;
}

const leastStepMs = 10 * minuteMs;

/** Troubles in an order, at moments and of sizes that the seed decides. Steps make up for each other: the clock is right at the end. */
export function planTroubles(options: PlanOptions): Event[] {
  const random = seeded(options.seed);
  const sizes = Array.from(
    { length: Math.floor(options.steps / 2) },
    () => (random.fraction() < 0.5 ? -1 : 1) * (leastStepMs + random.fraction() * (options.stepMsMax - leastStepMs)),
  ).map(Math.round);
  const troubles: Trouble[] = [
    ...Array.from({ length: options.kills }, (_, n) => ({ kind: 'kill' as const, quiet: n % 3 === 0 })),
    ...sizes.flatMap((byMs) => [
      { kind: 'step' as const, byMs },
      { kind: 'step' as const, byMs: -byMs },
    ]),
    ...Array.from({ length: options.outages }, () => ({
      kind: 'outage' as const,
      how: random.pick(['refuses', 'cuts', 'hangs'] as const),
      ms: options.outageMs,
    })),
  ];
  return random
    .shuffled(troubles)
    .map((trouble) => ({ ...trouble, afterMs: Math.round(random.fraction() * options.pauseMsMax) }));
}

/** How far the clock is off at most while a plan runs, ms. */
export function mostAheadMs(plan: readonly Event[]): number {
  let ahead = 0;
  let most = 0;
  for (const event of plan) {
    if (event.kind === 'step') ahead += event.byMs;
    most = Math.max(most, ahead);
  }
  return Math.max(most, hourMs);
}
