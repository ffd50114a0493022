/**
 * Many customers' subscriptions over many days, with webhooks that are doubled, disordered and for days not there. After each day
 * both sides are compared by their own answers, by the product's own drift report, and by its ledger's rules.
 */
import type Stripe from 'stripe';
import { listDrift, runDrift, runInvariants } from '../../../src/contracts/routes/drift.ts';
import { listPlans } from '../../../src/contracts/routes/plans.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { dayMs, hourMs, iso, minuteMs } from '../../../src/lib/time.ts';
import { type Seeded, seeded } from '../random.ts';
import { act, deedOf, type Person, personOf } from './person.ts';
import { type LifePlatform, startLifePlatform } from './platform.ts';
import { differencesOf } from './sides.ts';

export interface HalfYear {
  customers: number;
  days: number;
  seed: number;
  /** How much oftener than in a real half-year people do something. */
  pace: number;
}

const from = Date.parse('2026-01-05T00:00:00Z');
/**
 * People act in the first two thirds of a day, so that what they set off (the six hours of an invoice, the next retry) comes before
 * midnight, when cron asks Stripe for what was not told; the comparison follows when nothing is young any more to the drift report.
 */
const actsFromMs = 2 * hourMs;
const actsForMs = 14 * hourMs;
const settlesMs = 3 * minuteMs;
/** Of a day, times the pace. */
const outageChance = 0.04;
const outageDaysMax = 3;
const atOnce = 8;
/** What the API may answer to people who do things at the wrong moment. */
const expected = ['payment_failed', 'change_pending', 'nothing_to_resume', 'subscription_ended'];

/** @param onDay told after each day */
export async function liveHalfYear(options: HalfYear, onDay: (day: number, problems: number) => void = () => {}) {
  const { customers, days, seed, pace } = options;
  const random = seeded(seed);
  const platform = await startLifePlatform(iso(from));
  const people = Array.from({ length: customers }, (_, number) => personOf(number, days, random));
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  let views: Views = new Map();
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  try {
    const goTo = async (at: number): Promise<void> => {
      await platform.clock({ to: iso(at), step: 'day', hold: true });
      await platform.calm();
    };
    const webhooks = webhookTrouble(platform, random, outageChance * pace);
    let outageDays = 0;
    for (let day = 0; day < days; day++) {
      if (await webhooks.day(seed + day)) outageDays += 1;
      await goTo(from + day * dayMs + actsFromMs + Math.floor(random.fraction() * actsForMs));
      for (const { deed, code } of await dayOfDeeds(platform, people, { views, day, pace, random })) {
        count(deed);
        if (code !== null) count(`${deed}: ${code}`);
        if (code !== null && !expected.includes(code)) problems.push(`day ${day}: ${deed} was answered ${code}`);
      }
      await goTo(from + (day + 1) * dayMs + settlesMs);
      views = await viewsOf(platform, people);
      problems.push(...(await problemsOf(platform, people, views)).map((problem) => `day ${day}: ${problem}`));
      onDay(day, problems.length);
    }
    return { ...options, outage_days: outageDays, deeds: counts, ...(await totals(platform, views)), problems };
  } finally {
    await platform.stop();
  }
}

/** Webhooks are doubled and disordered always, and now and then none comes for days. */
function webhookTrouble({ door, heal }: LifePlatform, random: Seeded, chance: number) {
  let left = 0;
  return {
    /** @returns whether none comes today */
    async day(seed: number): Promise<boolean> {
      left = left > 0 ? left - 1 : random.fraction() < chance ? 1 + Math.floor(random.fraction() * outageDaysMax) : 0;
      await heal();
      if (left > 0) await door('/faults', { kind: 'drop_webhook' });
      await door('/faults', { kind: 'duplicate_webhook', rate: 0.1, seed });
      await door('/faults', { kind: 'reorder_webhooks', rate: 0.2, seed, hold_ms: 50 });
      return left > 0;
    },
  };
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = [];
  for (let n = 0; n < items.length; n += atOnce)
    found.push(...(await Promise.all(items.slice(n, n + atOnce).map(work))));
  return found;
}

/** By the number of the person; of those who have signed up. */
type Views = ReadonlyMap<number, SubscriptionView>;

async function viewsOf({ ask }: LifePlatform, people: readonly Person[]): Promise<Views> {
  const read = await inParallel(people, async ({ number, customerId }) => {
    if (customerId === null) return [];
    const { subscription } = await ask(readSubscription, { params: { customerId } });
    return [[number, subscription] as const];
  });
  return new Map(read.flat());
}

/** Everybody decides by what they saw last. */
async function dayOfDeeds(
  platform: LifePlatform,
  people: readonly Person[],
  { views, ...today }: { views: Views; day: number; pace: number; random: Seeded },
): Promise<{ deed: string; code: string | null }[]> {
  const customers = await platform.customers();
  const done: { deed: string; code: string | null }[] = [];
  for (const person of people) {
    const view = views.get(person.number) ?? null;
    const deed = deedOf(person, view, today);
    if (deed === null) continue;
    const stripeCustomerId = customers.get(person.customerId ?? '') ?? null;
    const answer = await act(platform, { person, view, stripeCustomerId, random: today.random }, deed);
    done.push({ deed, code: answer === null || answer.ok ? null : answer.error.code });
  }
  await platform.calm();
  return done;
}

async function problemsOf(platform: LifePlatform, people: readonly Person[], views: Views): Promise<string[]> {
  const { ask, until } = platform;
  const { items } = await ask(listPlans, {});
  const plans = new Map(items.flatMap(({ plan, stripe_price_id: id }) => (id === null ? [] : [[id, plan] as const])));
  const subscriptions = Map.groupBy(await platform.objects<Stripe.Subscription>('subscription'), ({ customer }) =>
    String(customer),
  );
  const customers = await platform.customers();
  const differing = people.map((person) => {
    const view = views.get(person.number);
    if (view === undefined) return [];
    const id = customers.get(view.customer_id);
    if (id === undefined) return [`person ${person.number} has no customer at Stripe`];
    return differencesOf(view, subscriptions.get(id) ?? [], plans).map((text) => `person ${person.number}: ${text}`);
  });
  const { run_id } = await ask(runDrift, { body: {} });
  const report = await until(async () => {
    const found = await ask(listDrift, { query: { limit: 100 } });
    if (found.last_run?.run_id === run_id) return found;
    // It goes on with cron, some pages a minute.
    await platform.minute();
    return null;
  });
  const drift = report?.items.map(
    ({ kind, object_id, expected: wanted, found }) => `drift: ${kind} ${object_id}: ${wanted}, ${found}`,
  );
  const { items: rules } = await ask(runInvariants, { body: {} });
  const broken = rules.filter(({ ok }) => !ok).map(({ name, rows }) => `rule ${name}: ${JSON.stringify(rows[0])}`);
  return [...differing.flat(), ...(drift ?? ['the drift report did not come to its end']), ...broken];
}

async function totals(platform: LifePlatform, views: Views) {
  const states: Record<string, number> = {};
  for (const { status } of views.values()) states[status] = (states[status] ?? 0) + 1;
  const invoices = await platform.objects<Stripe.Invoice>('invoice');
  return { states, invoices: invoices.length, paid: invoices.filter(({ status }) => status === 'paid').length };
}
