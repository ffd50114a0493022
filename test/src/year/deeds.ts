/** What the people of the year do, by the API or at Stripe, and the same in the oracle's log. */
import type { Account } from '../../../bench/support/year/account.ts';
import { type Deed, type Person, timesOf } from '../../../bench/support/year/person.ts';
import type { Raw } from '../../../bench/support/year/rating.ts';
import { urls } from '../../harness/worker/subscriber.ts';
import { day, hour } from '../invoices/harness.ts';
import type { Stage } from './stage.ts';
import type { Answer } from './world.ts';

const goodCard = '4242424242424242';
const failingCard = '4000000000000341';
const daysToPay = 14;
/** Whoever pays by transfer does so before the grace is over: renewals are dropped meanwhile. */
const lateDaysMax = { card: 20, invoice: 2 };

/** A subscription as its row has it. */
export interface Standing {
  id: string;
  status: string;
  suspendedFor: string | null;
  stripeCustomer: string | null;
}

const order = ['starter', 'professional', 'enterprise'];

export type Actor = ReturnType<typeof actor>;

/** Does what people do; a refusal is a problem. */
export function actor(stage: Stage) {
  const { world, count } = stage;
  const { sold } = stage.shop;
  const { ask } = world;
  const problem = (person: Person, what: string) => stage.problem(person.customerId, what);

  function isDone(person: Person, deed: string, { status, body }: Answer): boolean {
    if (status < 300) count(deed);
    else problem(person, `${deed} was refused: ${status} ${JSON.stringify(body).slice(0, 300)}`);
    return status < 300;
  }
  const post = (path: string, body: object) => ask('POST', `/api/${path}`, body);

  async function buy(person: Person): Promise<void> {
    const { account, customerId: customer_id, interval } = person;
    if (!account) return;
    const opened = await ask('POST', '/api/subscriptions/checkout', {
      customer_id,
      plan: person.plan,
      interval,
      ...urls,
    });
    if (!isDone(person, `buy by the ${interval}`, opened)) return;
    await world.stripe.door(`/checkout/${opened.body['session_id']}/complete`, { card: goodCard });
    await world.tell();
    account.buys(world.now, account.plan.plan === person.plan ? account.plan : sold(person.plan), interval);
  }

  async function change(person: Person, deed: 'upgrade' | 'downgrade'): Promise<void> {
    const { account, customerId: customer_id } = person;
    if (!account) return;
    const to = sold(order[order.indexOf(account.plan.plan) + (deed === 'upgrade' ? 1 : -1)] ?? '');
    const done = await post('subscriptions/upgrade', { customer_id, new_plan: to.plan });
    if (!isDone(person, deed, done)) return;
    await world.tell();
    if (deed === 'upgrade') account.upgrades(world.now, to);
    else account.scheduled = to;
  }

  async function toYears(person: Person): Promise<void> {
    const { account, customerId: customer_id } = person;
    if (!account) return;
    const done = await post('subscriptions/upgrade', { customer_id, new_plan: account.plan.plan, interval: 'year' });
    if (!isDone(person, 'by the year', done)) return;
    await world.tell();
    account.goesOverToYears(world.now);
  }

  async function leave(person: Person, deed: 'cancel at the end' | 'cancel at once' | 'deactivate'): Promise<void> {
    const { account, customerId: customer_id } = person;
    if (!account) return;
    const done =
      deed === 'deactivate'
        ? await post(`customers/${customer_id}/deactivate`, {})
        : await post('subscriptions/cancel', { customer_id, immediately: deed === 'cancel at once' });
    if (!isDone(person, deed, done)) return;
    if (deed === 'cancel at the end') account.cancelsAtEnd = true;
    else account.ends(world.now);
  }

  async function takeBack(person: Person): Promise<void> {
    const { account, customerId: customer_id } = person;
    if (!account || !isDone(person, 'take back', await post('subscriptions/resume', { customer_id }))) return;
    account.cancelsAtEnd = false;
    account.scheduled = null;
  }

  async function giveCard(person: Person, card: string): Promise<void> {
    await world.stripe.door(`/customers/${person.stripeCustomerId}/cards`, { card });
    person.hasGoodCard = card === goodCard;
  }

  /** Pays all that is open. */
  async function pay(person: Person): Promise<void> {
    if (!person.byInvoice) await giveCard(person, goodCard);
    const query = new URLSearchParams({ customer: person.stripeCustomerId, status: 'open', limit: '100' });
    const { data } = await world.stripe.read<{ data: { id: string }[] }>(`/invoices?${query}`);
    for (const { id } of data) {
      await world.stripe.call(`/invoices/${id}/pay`, person.byInvoice ? { paid_out_of_band: 'true' } : {});
      count(person.byInvoice ? 'invoices paid by transfer' : 'debts paid');
    }
    person.owesSince = null;
    await world.tell();
  }

  async function byInvoice(person: Person): Promise<void> {
    const body = { collection: 'invoice', net_days: daysToPay };
    const done = await ask('PUT', `/api/customers/${person.customerId}/billing`, body);
    if (isDone(person, 'by invoice', done)) person.byInvoice = true;
  }

  /** A window that is there, was not touched, and ended so many hours ago. */
  function windowAged(person: Person, from: number, to: number): { end: number; raw: Raw } | null {
    const { fraction } = person.random;
    const end = Math.floor((world.now - (from + fraction() * (to - from)) * hour) / hour) * hour;
    const raw = person.account?.windows.get(end);
    if (raw === undefined || person.touched.has(end) || Object.keys(raw).length === 0) return null;
    return { end, raw };
  }

  async function revise(person: Person, deed: 'higher revision' | 'lower revision' | 'late revision'): Promise<void> {
    const found = deed === 'late revision' ? windowAged(person, 60, 40 * 24) : windowAged(person, 3, 40);
    if (!found) return;
    const { end, raw } = found;
    const next = timesOf(raw, deed === 'lower revision' ? 0.4 : 1.3);
    if (JSON.stringify(next) === JSON.stringify(raw)) return;
    for (const refused of await world.report([{ person, end, raw: next }], true))
      problem(person, `${deed}: ${refused}`);
    person.touched.add(end);
    count(deed);
    if (deed === 'higher revision') person.account?.windows.set(end, next);
    else person.reviews.set(end, next);
  }

  async function decide(person: Person): Promise<void> {
    const { body } = await ask('GET', '/api/usage/reviews?state=open&limit=100');
    const items = body['items'] as { review_id: string; customer_id: string; window_end: string }[];
    for (const { review_id, window_end } of items.filter(({ customer_id }) => customer_id === person.customerId)) {
      const end = Date.parse(window_end);
      const raw = person.reviews.get(end);
      const verdict = person.random.fraction() < 0.6 ? 'accept' : 'reject';
      const done = await post(`usage/reviews/${review_id}/${verdict}`, { reason: 'looked at it' });
      if (!isDone(person, `reviews: ${verdict}`, done) || !raw) continue;
      person.reviews.delete(end);
      if (verdict === 'accept') person.account?.windows.set(end, raw);
    }
  }

  /** What is to be put right: an hour that was lost, or a window that stands. */
  function toCorrect(person: Person, kind: 'replace' | 'void' | 'add'): { end: number; raw: Raw } | null {
    if (kind !== 'add') return windowAged(person, 24, 50 * 24);
    const lost = person.withheld.flatMap(({ ends, sendAt }) => (sendAt === null ? ends : []));
    const end = lost.find((one) => one > world.now - 50 * day);
    return end === undefined ? null : { end, raw: person.made.get(end) ?? {} };
  }

  async function correct(person: Person, kind: 'replace' | 'void' | 'add'): Promise<void> {
    const found = toCorrect(person, kind);
    if (!found) return;
    const raw = kind === 'void' ? {} : timesOf(found.raw, 0.2 + person.random.fraction() * 3);
    await putRight(person, kind, { end: found.end, raw });
  }

  async function putRight(person: Person, kind: 'replace' | 'void' | 'add', { end, raw }: { end: number; raw: Raw }) {
    const done = await post(`usage/${person.customerId}/corrections`, {
      kind,
      instance_id: 'prod-1',
      window_start: new Date(end - hour).toISOString(),
      window_end: new Date(end).toISOString(),
      reason: 'counted by hand',
      ...(kind === 'void' ? {} : { quantities: world.wireOf(raw) }),
    });
    if (!isDone(person, `corrections: ${kind}`, done)) return;
    person.account?.windows.set(end, raw);
    person.touched.add(end);
    for (const one of person.withheld) one.ends = one.ends.filter((lost) => lost !== end);
  }

  async function credit(person: Person): Promise<void> {
    const { fraction } = person.random;
    const cents = 300 + Math.floor(fraction() ** 2 * 40_000);
    const expiresAt = fraction() < 0.4 ? world.now + Math.floor((5 + fraction() * 50) * day) : null;
    const ends = expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() };
    const done = await post(`customers/${person.customerId}/credits`, {
      amount_cents: cents,
      reason: 'a gift',
      ...ends,
    });
    if (isDone(person, expiresAt === null ? 'credits' : 'credits that end', done)) {
      person.account?.grantsCredit({ cents, at: world.now, expiresAt });
    }
  }

  async function cap(person: Person, on: boolean): Promise<void> {
    const { fraction } = person.random;
    const least = (person.account?.price.feeCents ?? 0) + 1;
    const path = `/api/customers/${person.customerId}/spend-cap`;
    const action = fraction() < 0.6 ? 'suspend' : 'notify';
    const done = on
      ? await ask('PUT', path, { cap_cents: least + Math.floor(fraction() ** 2 * 20_000), action })
      : await ask('DELETE', path);
    if (isDone(person, on ? `caps: ${action}` : 'caps taken away', done)) person.cap = on;
  }

  const acts: Record<Deed, (person: Person) => Promise<void>> = {
    upgrade: (person) => change(person, 'upgrade'),
    downgrade: (person) => change(person, 'downgrade'),
    'cancel at the end': (person) => leave(person, 'cancel at the end'),
    'cancel at once': (person) => leave(person, 'cancel at once'),
    deactivate: (person) => leave(person, 'deactivate'),
    'take back': takeBack,
    'card that fails': async (person) => {
      count('card that fails');
      await giveCard(person, failingCard);
    },
    pay,
    'by invoice': byInvoice,
    'higher revision': (person) => revise(person, 'higher revision'),
    'lower revision': (person) => revise(person, 'lower revision'),
    'late revision': (person) => revise(person, 'late revision'),
    decide,
    replace: (person) => correct(person, 'replace'),
    void: (person) => correct(person, 'void'),
    add: (person) => correct(person, 'add'),
    credit,
    cap: (person) => cap(person, true),
    'no cap': (person) => cap(person, false),
  };

  /** Whoever owes for too long pays, so that Stripe's next period finds them paying. */
  const isTooLate = (person: Person, standing: Standing | undefined): boolean => {
    if (standing?.status !== 'past_due' && standing?.suspendedFor !== 'unpaid') return false;
    person.owesSince ??= world.now;
    return world.now > person.owesSince + lateDaysMax[person.byInvoice ? 'invoice' : 'card'] * day;
  };

  return {
    act: (person: Person, deed: Deed) => acts[deed](person),
    buy,
    can: (person: Person, standing: Standing | undefined, deed: Deed) => can(person, standing, deed, world.now),
    pay,
    putRight,
    toYears,
    isTooLate,
  };
}

/** What is done about usage that was reported. */
const repairs: readonly Deed[] = ['replace', 'void', 'add', 'decide', 'late revision'];

/** Whether somebody can do it today. */
function can(person: Person, standing: Standing | undefined, deed: Deed, now: number): boolean {
  const { account } = person;
  if (!account || !standing || account.boughtAt === null) return false;
  const { period, endedAt } = account;
  // Also of who has left, for a time.
  if (repairs.includes(deed)) return endedAt === null || (deed !== 'late revision' && now < endedAt + 45 * day);
  if (endedAt !== null || !period || period.start > now - hour) return false;
  return canLiving(person, account, standing, deed, now);
}

function canLiving(person: Person, account: Account, { status }: Standing, deed: Deed, now: number): boolean {
  const isNearEnd = (account.period?.end ?? 0) < now + 2 * hour;
  const pays = status === 'active' && person.owesSince === null && person.hasGoodCard;
  const changes = pays && !isNearEnd;
  const plans = account.cancelsAtEnd || account.scheduled !== null;
  const isFree = changes && !plans && account.moving === null;
  const monthly = account.interval === 'month';
  const possible: Partial<Record<Deed, boolean>> = {
    // Paid at once, which who pays by invoice does not.
    upgrade: isFree && !person.byInvoice && account.plan.order < order.length,
    downgrade: isFree && monthly && account.plan.order > 1,
    'cancel at the end': isFree && monthly,
    'cancel at once': changes,
    deactivate: changes,
    'take back': changes && plans,
    'card that fails': pays && monthly && !person.byInvoice && !account.cancelsAtEnd,
    pay: !person.hasGoodCard || person.byInvoice,
    'by invoice': pays && monthly && !person.byInvoice,
    cap: pays && !person.cap,
    'no cap': person.cap,
  };
  return possible[deed] ?? true;
}
