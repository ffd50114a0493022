/** Who the people of the year are, what they use and what happens to them: all of it drawn from the seed. */
import type { Seeded } from '../random.ts';
import type { Account, Interval } from './account.ts';
import type { Raw } from './rating.ts';

const hourMs = 3_600_000;

const planNames = ['starter', 'professional', 'enterprise'] as const;
type PlanName = (typeof planNames)[number];

/** Usage that is there and was not sent. */
export interface Withheld {
  /** The hours' ends, ms. */
  ends: number[];
  /** When it is sent, ms; null: never. */
  sendAt: number | null;
}

export interface Person {
  number: number;
  random: Seeded;
  plan: PlanName;
  interval: Interval;
  /** Days after the start. */
  joins: number;
  /** Days after that; null: never. */
  buys: number | null;
  /** How much is used, in Starter plans. */
  size: number;
  /** By field, how much more than an ordinary customer of that size. */
  taste: Record<string, number>;
  hasGoodCard: boolean;
  owesSince: number | null;
  byInvoice: boolean;
  cap: boolean;
  /** Up to where usage was made, ms. */
  madeTo: number;
  made: Map<number, Raw>;
  withheld: Withheld[];
  /** Windows that somebody has put right, or tried to: once each. */
  touched: Set<number>;
  /** By the window's end, what waits for a decision. */
  reviews: Map<number, Raw>;
  customerId: string;
  stripeCustomerId: string;
  account: Account | null;
}

const sizes: Record<PlanName, number> = { starter: 1, professional: 4, enterprise: 12 };
const tastes = ['cpu', 'memory', 'storage', 'sent', 'received', 'requests', 'gpu', 'seats'];

export function personOf(
  number: number,
  { days, trialDays }: { days: number; trialDays: number },
  random: Seeded,
): Person {
  const { fraction, pick } = random;
  const plan = pick(planNames);
  const isEarly = fraction() < 0.5;
  return {
    number,
    random,
    plan,
    interval: fraction() < 0.15 ? 'year' : 'month',
    joins: Math.floor(fraction() ** 2 * Math.max(0, days - 65) * 0.6),
    // Some keep their free days, some buy on the last of them, some never.
    buys: fraction() < 0.95 ? (isEarly ? Math.floor(fraction() * (trialDays - 2)) : trialDays - 1) : null,
    size: sizes[plan] * (0.7 + fraction() * 1.4),
    taste: Object.fromEntries(tastes.map((name) => [name, fraction() < 0.2 ? 0.1 : 0.3 + fraction() * 1.6])),
    hasGoodCard: true,
    owesSince: null,
    byInvoice: false,
    cap: false,
    madeTo: 0,
    made: new Map(),
    withheld: [],
    touched: new Set(),
    reviews: new Map(),
    customerId: '',
    stripeCustomerId: '',
    account: null,
  };
}

/** What an hour uses. Memory and storage are whole base units in five thousandths. */
export function hourOf({ size, taste, random: { fraction } }: Person, hasOwnMeters: boolean): Raw {
  const draw = (name: string, usual: number, step = 1): number =>
    Math.round((usual * size * (taste[name] ?? 1) * (0.3 + fraction() * 1.4)) / step) * step;
  return {
    cpu_hours: draw('cpu', 1000),
    memory_gb_hours: draw('memory', 2000, 5),
    storage_used_gb: draw('storage', 10_000, 5),
    network_bytes_sent: draw('sent', 90_000_000),
    network_bytes_received: draw('received', 60_000_000),
    http_requests: draw('requests', 1500),
    ...(hasOwnMeters && fraction() < 0.05 ? { custom_1: draw('gpu', 500) } : {}),
    ...(hasOwnMeters ? { custom_2: 1000 * draw('seats', 2) } : {}),
  };
}

/** An hour's usage times something, in whole parts. */
export const timesOf = (raw: Raw, factor: number): Raw =>
  Object.fromEntries(
    Object.entries(raw).map(([field, parts]) => {
      const step = field === 'custom_2' ? 1000 : 5;
      return [field, Math.round((parts * factor) / step) * step];
    }),
  );

/** Of what is made anew, what is not sent at once: a block of hours, for days, or for ever. */
export function withhold(person: Person, ends: readonly number[], now: number, pace: number): Withheld | null {
  const { fraction } = person.random;
  if (ends.length === 0 || fraction() >= 0.02 * pace) return null;
  const taken = ends.slice(-1 - Math.floor(fraction() * 6));
  const isLost = fraction() < 0.2;
  return { ends: taken, sendAt: isLost ? null : now + Math.floor(hourMs * (6 + fraction() ** 2 * 40 * 24)) };
}

/** What nobody does twice: it happens as often as in a real year, whatever the pace. */
const once: readonly string[] = ['cancel at once', 'deactivate'];

/** Chances of a day, times the pace. */
const chances = {
  upgrade: 0.006,
  downgrade: 0.004,
  'cancel at the end': 0.003,
  'cancel at once': 0.0015,
  deactivate: 0.001,
  'take back': 0.06,
  'card that fails': 0.006,
  pay: 0.2,
  'by invoice': 0.002,
  'higher revision': 0.015,
  'lower revision': 0.012,
  'late revision': 0.012,
  decide: 0.15,
  replace: 0.012,
  void: 0.008,
  add: 0.02,
  credit: 0.008,
  cap: 0.005,
  'no cap': 0.02,
} as const;

export type Deed = keyof typeof chances;

/** What happens to somebody today. @param can which deeds are possible */
export function deedsOf({ random }: Person, can: (deed: Deed) => boolean, pace: number): Deed[] {
  const drawn = Object.entries(chances).filter(
    ([deed, chance]) => random.fraction() < chance * (once.includes(deed) ? 1 : pace),
  );
  return drawn.map(([deed]) => deed as Deed).filter(can);
}
