/** What is shown of a spend cap: how much is used, and how far the period can come above it. Reads only. */
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { Decimal } from '../../lib/decimal.ts';
import { dayMs, secondMs } from '../../lib/time.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { stretchesOf } from '../../pricing/segments.ts';
import { levelsOf } from '../../pricing/stretch.ts';
import { byMeter } from '../../pricing/usage-by-meter.ts';
import { lateSeconds, overshootCents } from '../../spend-caps/overshoot.ts';
import type { CapEvent, CapRow } from '../../spend-caps/store.ts';
import * as capStore from '../../spend-caps/store.ts';
import { stackOf } from '../../subscriptions/subscription.ts';
import { highestRates } from '../../usage/highest-store.ts';
import type { Metering } from '../../usage/names-store.ts';
import { levelRange } from '../../usage/range-store.ts';
import type { Context } from '../deed.ts';
import { findGapsOf } from '../metering/find-gaps.ts';
import { type Costs, costsOf } from './judge-cap.ts';

type Reads = Pick<Context, 'db' | 'shards' | 'now'>;

export interface ShownCap {
  cap: CapRow;
  usedCents: number;
  period: { start: number; end: number };
  /** Null where nobody can say. */
  overshootCents: number | null;
  /** Since when usage is missing, ms; null where none is. */
  unboundedSince: number | null;
  events: CapEvent[];
}

const eventsShown = 50;

/** Null where the customer has none. */
export async function showCap(reads: Reads, whole: WholeCustomer): Promise<ShownCap | null> {
  const cap = await capStore.findCap(reads.db, whole.customer.id);
  return cap === null ? null : await withCosts(reads, whole, cap, await costsOf(reads, whole));
}

/** The cap beside what it is held to. */
export async function withCosts(reads: Reads, whole: WholeCustomer, cap: CapRow, costs: Costs): Promise<ShownCap> {
  const [late, events] = await Promise.all([
    overshootOf(reads, whole, costs),
    capStore.findEvents(reads.db, whole.customer.id, eventsShown),
  ]);
  const { usedCents, period } = costs;
  return { cap, usedCents, period, overshootCents: late.cents, unboundedSince: late.since, events };
}

const none = { cents: 0, since: null };

/** Of an instance that stands nothing more comes; where a window is missing, or none has come yet, nobody can say. */
async function overshootOf(
  reads: Reads,
  whole: WholeCustomer,
  { ground }: Costs,
): Promise<{ cents: number | null; since: number | null }> {
  const { period, basis, metering, head } = ground;
  const { customer, subscription } = whole;
  const { now } = reads;
  if (head.isOver || !period.invoiceable) return none;
  const shard = shardOf(reads, customer);
  const cut = stretchesOf(period, basis.changes, basis.overrides).findLast(({ start }) => start <= now);
  if (!cut) return none;
  const plan = versionOf(basis.catalogue, cut.plan, cut.planVersion);
  const day = { customerSeq: customer.seq, from: now - dayMs, to: now };
  const inPeriod = { customerSeq: customer.seq, from: cut.start, to: Math.min(cut.end, now) };
  const [gaps, highest, ...levels] = await Promise.all([
    findGapsOf(reads, customer, { from: period.start, to: Math.min(period.end, now) }, metering),
    highestRates(shard, day),
    ...levelsOf(plan).map(async ({ meter, column }) => {
      const [recent, held] = await Promise.all([levelRange(shard, day, column), levelRange(shard, inPeriod, column)]);
      return { meter, recent: new Decimal(recent.peak), held: new Decimal(held.peak) };
    }),
  ]);
  const open = gaps.find(({ reason }) => reason === 'missing');
  if (open) return { cents: null, since: open.from };
  const runs = stackOf(subscription) === 'running';
  if (highest.windows === 0) return runs ? { cents: null, since: Math.max(period.start, now - dayMs) } : none;
  const seconds = lateSeconds(windowSecondsOf(metering, now));
  const usage = byMeter(highest.rates, plan.ownMeters);
  for (const [meter, rate] of Object.entries(usage)) usage[meter] = rate.times(seconds);
  for (const { meter, recent, held } of levels) {
    usage[meter] = Decimal.max(0, recent.minus(held));
    if (meter === 'device_peak') usage['device_hours'] = recent.times(seconds).div(secondsPerHour);
  }
  const more = { start: cut.start, end: cut.end, plan, overrides: cut.overrides, usage };
  return { cents: overshootCents(more, (period.end - period.start) / secondMs), since: null };
}

const secondsPerHour = 3600;

/** The longest window of the reporters that report now; an hour where none does. */
function windowSecondsOf({ reporters }: Metering, now: number): number {
  const lengths = [...reporters.values()]
    .filter(({ activeFrom, activeUntil }) => activeFrom !== null && (activeUntil === null || activeUntil > now))
    .map(({ windowSeconds }) => windowSeconds);
  return lengths.length === 0 ? secondsPerHour : Math.max(...lengths);
}
