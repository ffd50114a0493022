/**
 * Random loads under a spend cap, for the figure of the overshoot: what is used second by second, what reports say of it and when, when
 * the cap stops it, and what it has come to by then. The cap and the overshoot are the product's own functions; the truth is rated from
 * what was really used, until the last pod has stopped.
 */
import { type Seeded, seeded } from '../../../bench/support/random.ts';
import { Decimal } from '../../../src/lib/decimal.ts';
import type { Price } from '../../../src/pricing/price.ts';
import { rate } from '../../../src/pricing/rate.ts';
import { noOverrides, type RatedPlan } from '../../../src/pricing/stretch.ts';
import { lateSeconds, overshootCents } from '../../../src/spend-caps/overshoot.ts';
import { judge } from '../../../src/spend-caps/spend-cap.ts';

const hour = 3600;
const day = 24 * hour;
const periodDays = 4;
const gb = 2 ** 30;
/** Meters that add up, with a rate in base units a second that is much. */
const meters = [
  ['cpu_core_ms', 4000],
  ['memory_mib_s', 8192],
  ['network_sent_bytes', 2 * gb],
  ['network_received_bytes', gb],
  ['ingress_requests', 50_000],
] as const;
type Rates = readonly number[];

interface Load {
  plan: RatedPlan;
  windowSeconds: number;
  /** Of each window from a day before the period on: by instance and meter what is used a second, and the devices. */
  windows: { rates: readonly Rates[]; devices: number }[];
  capCents: number;
  random: Seeded;
}

/** What became of a load. */
export interface Outcome {
  /** Null: the cap was never reached. */
  stopped: null | {
    /** Above the cap when the last pod had stopped; below 0 would be somebody who was stopped too early. */
    overCents: number;
    /** Printed at the look before the one that stopped it, and by that one. */
    printedBefore: number;
    printedThen: number;
  };
}

const between = (random: Seeded, low: number, high: number): number => low + random.fraction() * (high - low);

function priceOf(random: Seeded, unit: number): Price {
  const price = (factor: number) => (unit * factor).toFixed(6);
  const tiers = [
    { from: '0', to: '20', unitPrice: price(1) },
    { from: '20', to: '100', unitPrice: price(between(random, 0.3, 2)) },
    { from: '100', to: null, unitPrice: price(between(random, 0.3, 2)) },
  ];
  return random.pick<Price>([
    { kind: 'per_unit', unitPrice: price(1) },
    { kind: 'per_unit', unitPrice: price(1) },
    { kind: 'graduated', tiers },
    { kind: 'volume', tiers },
    { kind: 'package', size: '3', packagePrice: price(3) },
  ]);
}

function planOf(random: Seeded): RatedPlan {
  return {
    plan: 'p',
    version: '1',
    name: 'P',
    fee: String(Math.floor(between(random, 0, 100))),
    interval: 'month',
    allowances: {
      cpu_core_ms: random.pick([{ perHour: '1' }, { perPeriod: '20' }, 'unlimited']),
      network_bytes: { perPeriod: String(Math.floor(between(random, 0, 2000))) },
      device_peak: { perPeriod: '5' },
    },
    prices: {
      cpu_core_ms: priceOf(random, 0.05),
      memory_mib_s: priceOf(random, 0.01),
      network_sent_bytes: priceOf(random, 0.1),
      network_received_bytes: priceOf(random, 0.1),
      ingress_requests: { kind: 'per_unit', unitPrice: '0.0000005' },
      device_peak: { kind: 'per_unit', unitPrice: '2' },
    },
    ownMeters: {},
  };
}

/** @param growth how much faster the fastest window of a day is than that of the day before; 1: as fast */
export function loadOf(seed: number, growth: number): Load {
  const random = seeded(seed);
  const windowSeconds = random.pick([900, hour, hour]);
  const aDay = day / windowSeconds;
  const instances = Math.floor(between(random, 1, 4));
  const fastest = Array.from({ length: instances }, () => meters.map(([, much]) => much * random.fraction() ** 3));
  const devicesMax = Math.floor(between(random, 0, 40));
  const peakAt = Math.floor(between(random, 0, aDay));
  const windows = Array.from({ length: aDay * (periodDays + 1) + aDay }, (_, n) => {
    const scale = growth ** Math.floor(n / aDay);
    const isPeak = n % aDay === peakAt;
    const share = () => (isPeak ? 1 : random.fraction()) * scale;
    return {
      rates: fastest.map((of) => of.map((highest) => highest * share())),
      devices: isPeak ? devicesMax : Math.floor(devicesMax * random.fraction()),
    };
  });
  const plan = planOf(random);
  const capCents = Number(plan.fee) * 100 + 1 + Math.floor(between(random, 0, 1) ** 2 * 60_000);
  return { plan, windowSeconds, windows, capCents, random };
}

const period = { start: 0, end: periodDays * day * 1000, kind: 'paid' as const };
const totalOf = (plan: RatedPlan, used: Rates, devices: number): number =>
  rate({ period, stretches: [{ ...period, plan, overrides: noOverrides, usage: usageOf(used, devices) }] }).totalCents;

const usageOf = (used: Rates, devices: number): Record<string, Decimal> => ({
  ...Object.fromEntries(meters.map(([meter], m) => [meter, new Decimal(Math.round(used[m] ?? 0))])),
  device_peak: new Decimal(devices),
});

/** What is used from a second of the period on, until another, by meter; and the most devices at once. */
function truth({ windows, windowSeconds }: Load, until: number): { used: number[]; devices: number } {
  const first = day / windowSeconds;
  const used = meters.map(() => 0);
  let devices = 0;
  for (let n = first; (n - first) * windowSeconds < until; n++) {
    const { rates = [], devices: held = 0 } = windows[n] ?? {};
    const seconds = Math.min(windowSeconds, until - (n - first) * windowSeconds);
    for (const of of rates) for (const [m, a] of of.entries()) used[m] = (used[m] ?? 0) + a * seconds;
    devices = Math.max(devices, held);
  }
  return { used, devices };
}

/** What is printed when the windows before `next` are in. */
function printedAt({ plan, windows, windowSeconds }: Load, next: number, held: number): number {
  const lately = windows.slice(next - day / windowSeconds, next);
  const seconds = lateSeconds(windowSeconds);
  const highest = meters.map((_, m) => {
    const instances = lately[0]?.rates.length ?? 0;
    return Array.from({ length: instances }, (__, i) =>
      Math.max(...lately.map(({ rates }) => rates[i]?.[m] ?? 0)),
    ).reduce((sum, one) => sum + one, 0);
  });
  const rise = Math.max(0, Math.max(...lately.map(({ devices }) => devices)) - held);
  const usage = usageOf(
    highest.map((one) => Math.ceil(one * seconds)),
    rise,
  );
  return overshootCents({ ...period, plan, overrides: noOverrides, usage }, periodDays * day);
}

/** Lives through a load: each window is reported within the settling time, and what is to stop has stopped 90 s later at most. */
export function live(load: Load): Outcome {
  const { plan, windowSeconds, windows, capCents, random } = load;
  const first = day / windowSeconds;
  const used = meters.map(() => 0);
  let devices = 0;
  let printedBefore = printedAt(load, first, 0);
  for (let n = first; n < first * (periodDays + 1); n++) {
    const { rates = [], devices: now = 0 } = windows[n] ?? {};
    for (const of of rates) for (const [m, a] of of.entries()) used[m] = (used[m] ?? 0) + a * windowSeconds;
    devices = Math.max(devices, now);
    const usedCents = totalOf(plan, used, devices);
    const printedThen = printedAt(load, n + 1, devices);
    const cap = { capCents, action: 'suspend' as const, periodStart: 0, toldPercent: 0 };
    if (judge(cap, { period, usedCents }).stops) {
      const until = (n + 1 - first) * windowSeconds + random.fraction() * 120 + random.fraction() * 90;
      const really = truth(load, until);
      return {
        stopped: { overCents: totalOf(plan, really.used, really.devices) - capCents, printedBefore, printedThen },
      };
    }
    printedBefore = printedThen;
  }
  return { stopped: null };
}
