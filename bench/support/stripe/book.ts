/**
 * Two Stripes that live through the same chapters: the stand-in, and with a test key the real one on its test clocks. Owns what a
 * chapter may use and what is written down of it; ids and instants are in no book, so that two of them can be compared.
 */
import type Stripe from 'stripe';

/** One Stripe. */
export type Side = {
  name: string;
  stripe: Stripe;
  /** A clock of its own for each chapter, as Stripe's test clocks are. */
  openClock: () => Promise<Clock>;
};
export type Clock = {
  /** Unix seconds. */
  now: () => number;
  /** Lives through everything up to then. */
  to: (seconds: number) => Promise<void>;
  /** What a customer is made with so that it lives on this clock. */
  forCustomer: { test_clock?: string };
  close: () => Promise<void>;
};

/** What a chapter is given. */
export type Scene = {
  stripe: Stripe;
  clock: Clock;
  /** A name that no earlier run has used. */
  unique: (name: string) => string;
  /** Writes a fact down. */
  tell: (what: string, fact: unknown) => void;
};
export type Chapter = { name: string; live: (scene: Scene) => Promise<void> };
export type Fact = { chapter: string; what: string; fact: string };

export const hour = 3600;
export const day = 24 * hour;

/** Lives through chapters, one after the other. A chapter that breaks off is a fact as well. */
export async function liveThrough(
  side: Side,
  chapters: readonly Chapter[],
  log: (line: string) => void,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const { name: chapter, live } of chapters) {
    log(`${side.name}: ${chapter}`);
    const clock = await side.openClock();
    const run = Math.random().toString(36).slice(2, 10);
    const tell = (what: string, fact: unknown) =>
      facts.push({ chapter, what, fact: JSON.stringify(fact) ?? 'undefined' });
    try {
      await live({ stripe: side.stripe, clock, unique: (name) => `${name}-${run}`, tell });
    } catch (error) {
      tell('broke off', String(error));
    } finally {
      await clock.close();
    }
  }
  return facts;
}

/** What Stripe says to a call that it refuses. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'not refused';
  } catch (error) {
    const { type, code, decline_code, param, statusCode } = error as Stripe.errors.StripeError;
    return { type, code, decline_code, param, statusCode };
  }
}

/** How often each type of event happened to an object, its invoices and its subscription. */
export async function eventTypes({ stripe, clock }: Scene, about: (object: object) => boolean): Promise<string[]> {
  const types: string[] = [];
  for await (const event of stripe.events.list({ limit: 100 })) {
    if (event.created > clock.now() + day) continue;
    if (about(event.data.object)) types.push(event.type);
  }
  return types.toSorted();
}
