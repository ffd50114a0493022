/**
 * A year of customers, day by day: what happens is drawn from the seed, the clock stops where something happens, and after each step
 * every invoice is held against the oracle and its previews. Once a month and at the end drift, the ledger's rules and statements are looked at.
 */
import { env } from 'cloudflare:workers';
import { seeded } from '../../../bench/support/random.ts';
import { Account } from '../../../bench/support/year/account.ts';
import { deedsOf, type Person, personOf } from '../../../bench/support/year/person.ts';
import { plansOfTheYear } from '../../../bench/support/year/plans.ts';
import { publishPlans } from '../../harness/worker/plans.ts';
import { day, hour, minute } from '../invoices/harness.ts';
import { audit, finish } from './audit.ts';
import { comparer } from './compare.ts';
import { actor, type Standing } from './deeds.ts';
import { giver } from './given-back.ts';
import { leaver } from './leaver.ts';
import { previewer } from './previews.ts';
import { prover } from './proofs.ts';
import { decideHeld, publish } from './staff.ts';
import { openShop, openStage } from './stage.ts';
import { use } from './usage.ts';
import { openWorld } from './world.ts';

export interface Year {
  customers: number;
  days: number;
  seed: number;
  /** How much oftener than in a real year things happen. */
  pace: number;
  trialDays: number;
}

const from = Date.parse('2026-01-05T00:00:00Z');
const holdCents = 6_000;
/** Of the hour in which periods end: drafts are there, what has ended is complete, deadlines have come. */
const steps = { drafts: 10 * minute, complete: 27 * minute, deadline: 5 * hour + 57 * minute };
const monthDays = 30;
/** Who pays by the month goes over to years, on a day. */
const yearChance = 0.0015;
const problemsMax = 60;

const { TEST_PLANS: shipped } = env as unknown as { TEST_PLANS: string };

/** Lives through it. @param tell a line for people, now and then */
export async function liveYear(year: Year, tell: (line: string) => void) {
  const { customers, days, seed, pace, trialDays } = year;
  const random = seeded(seed);
  const base = random.pick([2, 5, 9, 13, 16]);
  const files = plansOfTheYear(shipped);
  await publishPlans(files[0], from);
  const shop = openShop();
  shop.take(files[0]);
  const world = await openWorld(from, { holdCents, trialDays });
  // The prices are made at Stripe.
  for (let n = 0; n < 4; n++) await world.tick();
  const stage = openStage({ world, random, pace, holdCents, shop });
  const { known, count, counts, problems } = stage;
  const previews = previewer(stage);
  const proofs = prover(stage);
  const given = giver(stage);
  const compare = comparer(stage, { proofs, given });
  const auditors = { compare, proofs, given };
  const people = Array.from({ length: customers }, (_, n) => personOf(n, { days, trialDays }, seeded(seed * 1000 + n)));
  const acting = actor(stage);
  const { act, buy, can, pay, toYears, isTooLate } = acting;
  const leave = leaver(stage, acting, Math.floor(days / 2));

  async function standings(): Promise<Map<string, Standing>> {
    const rows = await world.rows<Standing>(
      `SELECT s.customer_id AS id, s.status, s.suspended_for AS suspendedFor, c.stripe_customer_id AS stripeCustomer
      FROM subscriptions s JOIN customers c ON c.id = s.customer_id`,
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async function goTo(at: number): Promise<void> {
    await world.goTo(Math.max(world.now, at));
    await use(stage);
  }

  /** Cron works, and what it has made is compared. */
  async function work(): Promise<void> {
    for (const person of known.values()) person.account?.goTo(world.now);
    await world.tick();
    await compare.look();
    await previews.compare();
  }

  async function signUp(person: Person): Promise<void> {
    const made = await world.join(person.plan);
    Object.assign(person, { customerId: made.customerId, madeTo: made.activeFrom });
    person.account = new Account(world.now + trialDays * day, shop.sold(person.plan), world.now);
    known.set(made.customerId, person);
    count('sign-ups');
  }

  /** Whose sign-up, purchase or going over to years sets a period's edge does it in one hour of the day. */
  async function arrive(number: number): Promise<void> {
    const edge = from + number * day + base * hour;
    const coming = people.filter(({ account, joins }) => !account && joins <= number);
    const buying = people.filter(
      ({ account, buys, joins }) => account?.boughtAt === null && buys !== null && joins + buys <= number,
    );
    const going = [...known.values()].filter((one) => random.fraction() < yearChance * pace && canGoOver(one, edge));
    if (coming.length + buying.length + going.length === 0) return;
    await goTo(edge + 5000 + Math.floor(random.fraction() * 2 * minute));
    for (const person of coming) await signUp(person);
    await work();
    const rows = await standings();
    const isStill = ({ customerId }: Person, status: string) => rows.get(customerId)?.status === status;
    for (const person of buying) {
      await world.goTo(world.now + Math.floor((random.fraction() * 5 * minute) / buying.length));
      if (isStill(person, 'trialing')) await buy(person);
      else person.buys = null;
      person.stripeCustomerId = (await standings()).get(person.customerId)?.stripeCustomer ?? '';
    }
    for (const person of going.filter((one) => isStill(one, 'active'))) await toYears(person);
    await work();
  }

  /** @returns how much was done */
  async function liveToday(number: number): Promise<number> {
    const rows = await standings();
    let done = (await leave(number, rows)) ? 1 : 0;
    for (const person of known.values()) {
      const standing = rows.get(person.customerId);
      if (isTooLate(person, standing)) await pay(person);
      if (standing?.status === 'active') person.owesSince = null;
      for (const deed of deedsOf(person, (one) => can(person, standing, one), pace)) {
        if (!can(person, standing, deed)) continue;
        await act(person, deed);
        done += 1;
      }
    }
    return done + (await decideHeld(stage, compare.isGone));
  }

  async function haveDrafts(): Promise<boolean> {
    const rows = await world.rows("SELECT 1 FROM invoices WHERE state IN ('draft', 'held', 'finalizing') LIMIT 1");
    return rows.length > 0;
  }

  async function liveDay(number: number): Promise<void> {
    const midnight = from + number * day;
    const edge = midnight + base * hour;
    await goTo(midnight);
    await work();
    if (number % monthDays === monthDays - 1) await audit(stage, auditors);
    const next = files[shop.published];
    if (next !== undefined && number >= (shop.published * days) / files.length) await publish(stage, next);
    // Nobody acts while periods end, but for who begins one.
    const places = [midnight + 40 * minute, edge + 40 * minute, edge + steps.deadline + 10 * minute];
    const acts = random.pick(places) + Math.floor(random.fraction() * hour);
    const liveBefore = async (until: number): Promise<void> => {
      if (acts < world.now || acts >= until) return;
      await goTo(acts);
      if ((await liveToday(number)) > 0) await work();
    };
    await liveBefore(edge);
    await arrive(number);
    if (turns(known, edge) || (await haveDrafts())) {
      await goTo(edge + steps.drafts);
      await previews.look();
      await goTo(edge + steps.complete);
      await previews.look();
      await work();
      await compare.lookForIdle();
    }
    await liveBefore(edge + steps.deadline);
    if (await haveDrafts()) {
      await goTo(edge + steps.deadline);
      await previews.look();
      await work();
    }
    await liveBefore(midnight + day);
  }

  let told = 0;
  const tellProblems = () => {
    for (const problem of problems.slice(told)) tell(problem);
    told = problems.length;
  };
  for (let number = 0; number < days && problems.length < problemsMax; number++) {
    await liveDay(number);
    tellProblems();
    if ((number + 1) % 10 !== 0) continue;
    tell(`day ${number + 1}, ${counts['final invoices'] ?? 0} invoices, ${problems.length} problems`);
  }
  await goTo(from + days * day + 5 * minute);
  await work();
  await audit(stage, auditors);
  await finish(stage, auditors);
  tellProblems();
  return { counts, problems };
}

/** Whether a period of anybody begins or ends in the hour that begins then. */
const turns = (people: ReadonlyMap<string, Person>, edge: number): boolean =>
  [...people.values()].some(({ account }) =>
    account?.periods.some(({ start, end }) => [start, end].some((at) => at >= edge && at < edge + hour)),
  );

/** Whether somebody pays by the month, owes nothing, plans nothing, and is in the middle of a month. */
function canGoOver({ account, byInvoice, hasGoodCard, owesSince }: Person, at: number): boolean {
  const period = account?.period;
  if (!account || !period || account.interval !== 'month' || account.endedAt !== null) return false;
  const pays = !byInvoice && hasGoodCard && owesSince === null;
  const isQuiet = !account.cancelsAtEnd && account.scheduled === null && account.moving === null;
  return pays && isQuiet && period.start < at - day && period.end > at + day;
}
