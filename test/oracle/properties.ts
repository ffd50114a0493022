/**
 * What is true of every bill, whatever the rules of rating are in detail: each takes a story, changes something, and says what
 * should not have come of it. The first five are the specification's (§3), the others what the oracle showed to hold.
 */
import type { Line } from '../../src/pricing/line.ts';
import type { Price } from '../../src/pricing/price.ts';
import type { RatedPlan } from '../../src/pricing/stretch.ts';
import { Draw } from './draw.ts';
import { type Fraction, less, none, parse, plus, total } from './fraction.ts';
import type { Bill } from './product.ts';
import { meterOf } from './stories.ts';
import type { Hour, Story } from './story.ts';
import { partsOf } from './timeline.ts';

/** Says what is wrong with the bill of a story, null when nothing is. */
export type Property = (bill: Bill, story: Story) => string | null;

const hourMs = 3_600_000;
const isLevel = (meter: string): boolean => meter !== 'base_fee' && meterOf(meter).addsUp === 'level';
const partsIn = (story: Story) => partsOf(story, (_, meter) => isLevel(meter));
/** What quotients that never end may leave. */
const closeEnough = parse(`0.${'0'.repeat(29)}1`);
const exact = (value: Line['quantity']): Fraction => parse(value.toFixed());

/** A bill as text, to compare two. */
const told = (lines: readonly Line[]): string =>
  lines.map((l) => `${l.id} ${l.to} ${l.quantity.toFixed(30)} ${l.included.toFixed(30)} ${l.amountCents}`).join('\n');

const sameBill = (bill: Bill, a: Story, b: Story): string | null =>
  told(bill(a).lines) === told(bill(b).lines) ? null : 'another bill';

/** Cents of the usage lines by meter. */
function centsByMeter(lines: readonly Line[]): Map<string, number> {
  const cents = new Map<string, number>();
  for (const { meter, kind, amountCents } of lines) {
    if (kind === 'usage') cents.set(meter, (cents.get(meter) ?? 0) + amountCents);
  }
  return cents;
}

/** A volume price charges less for more by design; what is said of all others is tried with graduated ones in its place. */
function withoutVolume(story: Story): Story {
  const change = (price: Price): Price => (price.kind === 'volume' ? { ...price, kind: 'graduated' } : price);
  const plans = story.plans.map((plan) => ({
    ...plan,
    prices: Object.fromEntries(Object.entries(plan.prices).map(([meter, price]) => [meter, change(price)])),
  }));
  return { ...story, plans };
}

/** An hour edge well inside of the period. */
const innerEdge = (draw: Draw, { period }: Story): number =>
  Math.floor(draw.int(period.start + 2 * hourMs, period.end - 2 * hourMs) / hourMs) * hourMs;

/** The same plan with more included: what is limited grows, or has no limit any more. */
function larger(draw: Draw, plan: RatedPlan): RatedPlan {
  const allowances = Object.fromEntries(
    Object.entries(plan.allowances).map(([name, allowance]): [string, RatedPlan['allowances'][string]] => {
      if (allowance === 'unlimited' || draw.chance(0.3)) return [name, 'unlimited'];
      const more = (amount: string) => String(Number(amount.split('.')[0]) + 1 + draw.int(0, 50));
      return [
        name,
        'perHour' in allowance ? { perHour: more(allowance.perHour) } : { perPeriod: more(allowance.perPeriod) },
      ];
    }),
  );
  return { ...plan, plan: `${plan.plan}-larger`, version: `${plan.version}-larger`, allowances };
}

const properties = {
  'an upgrade creates no overage': (bill, drawn) => {
    const draw = new Draw(drawn.seed + 1_000_003);
    const [plan] = drawn.plans;
    const [first] = drawn.changes;
    if (!plan || !first) return null;
    const story = withoutVolume({ ...drawn, rows: [] });
    const [before] = story.plans;
    if (!before) return null;
    const after = larger(draw, before);
    const from = { ...first, plan: before.plan, planVersion: before.version };
    const to = { effectiveAt: innerEdge(draw, story), plan: after.plan, planVersion: after.version };
    const alone = bill({ ...story, changes: [from] }).lines;
    const upgraded = bill({ ...story, plans: [before, after], changes: [from, to] }).lines;
    const groups = Map.groupBy(Object.keys(plan.prices), (meter) => meterOf(meter).allowance);
    for (const [name, meters] of groups) {
      const of = (lines: readonly Line[]) => lines.filter((line) => meters.includes(line.meter));
      const billable = (lines: readonly Line[]) => total(of(lines).map((line) => exact(line.billable)));
      if (less(plus(billable(alone), closeEnough), billable(upgraded))) return `${name}: more is billed`;
      // A cut shares an allowance anew between the meters that draw on it, whose prices may differ.
      const cents = (lines: readonly Line[]) => of(lines).reduce((all, line) => all + line.amountCents, 0);
      const rounded = Math.max(of(upgraded).length - of(alone).length, 0);
      if (meters.length === 1 && cents(upgraded) > cents(alone) + rounded) return `${name}: costs more`;
    }
    return null;
  },

  'more usage lowers no bill': (bill, drawn) => {
    const story = withoutVolume(drawn);
    const draw = new Draw(story.seed + 2_000_003);
    const [hour] = draw.some(story.hours, 0.5);
    const meters = [...new Set(story.plans.flatMap((plan) => Object.keys(plan.prices)))];
    if (!hour || meters.length === 0) return null;
    const meter = draw.pick(meters);
    const base = (hour.usage[meter] ?? 0n) + BigInt(meterOf(meter).baseUnits) * BigInt(draw.int(1, 200));
    const raised: Hour = { ...hour, usage: { ...hour.usage, [meter]: base } };
    const more = { ...story, hours: story.hours.map((one) => (one === hour ? raised : one)) };
    const before = centsByMeter(bill(story).lines);
    const after = centsByMeter(bill(more).lines);
    const lower = [...before].find(([name, cents]) => (after.get(name) ?? 0) < cents);
    return lower ? `${lower[0]}: less for more ${meter}` : null;
  },

  'windows that are split change nothing': (bill, story) => {
    const draw = new Draw(story.seed + 3_000_003);
    const parts = partsIn(story);
    const taken = new Set(story.hours.map((hour) => hour.end));
    const hours = story.hours.flatMap((hour): Hour[] => {
      const part = parts.find((one) => one.start < hour.end && hour.end <= one.end);
      const beside = [hour.end - hourMs, hour.end + hourMs].find(
        (end) => part && part.start < end && end <= part.end && !taken.has(end),
      );
      if (beside === undefined) return [hour];
      taken.add(beside);
      const split = Object.entries(hour.usage).map(([meter, base]) => {
        const first = isLevel(meter) ? base : base / BigInt(draw.int(1, 5));
        return { meter, first, second: isLevel(meter) ? base / 2n : base - first };
      });
      return [
        { end: hour.end, usage: Object.fromEntries(split.map(({ meter, first }) => [meter, first])) },
        { end: beside, usage: Object.fromEntries(split.map(({ meter, second }) => [meter, second])) },
      ];
    });
    return sameBill(bill, story, { ...story, hours: hours.toSorted((a, b) => a.end - b.end) });
  },

  'the same plan again changes nothing': (bill, story) => {
    const draw = new Draw(story.seed + 4_000_003);
    const edge = innerEdge(draw, story);
    const runs = partsIn(story).find((part) => part.start <= edge && edge < part.end)?.plan;
    if (!runs) return null;
    const again = { effectiveAt: edge + hourMs - 1, plan: runs.plan, planVersion: runs.version };
    const changes = [...story.changes, again].toSorted((a, b) => a.effectiveAt - b.effectiveAt);
    return sameBill(bill, story, { ...story, changes });
  },

  'the total is the sum of its lines': (bill, story) => {
    const { lines, totalCents } = bill(story);
    const parted = ({ quantity, included, billable }: Line) => quantity.minus(included).minus(billable).abs();
    if (lines.some((line) => parted(line).gt('1e-30'))) return 'a quantity is not what is included and billed';
    return lines.reduce((all, line) => all + line.amountCents, 0) === totalCents ? null : 'another total';
  },

  'a pool is used up before anything above it is billed': (bill, story) => {
    const { lines } = bill(story);
    for (const line of lines) {
      if (line.why.kind !== 'pool' || line.billable.isZero()) continue;
      const others = total(line.why.others.map((other) => exact(other.quantity)));
      const size = exact(line.why.size);
      const first = lines.find((one) => one.meter === line.meter && one.from === line.from);
      const drawn = first ? exact(first.included.minus(line.why.unlimited)) : none;
      if (less(plus(plus(drawn, others), closeEnough), size)) return `${line.id}: some of the pool is left`;
    }
    return null;
  },

  'a larger allowance raises no bill': (bill, drawn) => {
    const story = withoutVolume(drawn);
    const draw = new Draw(story.seed + 6_000_003);
    const more = (plan: RatedPlan): RatedPlan => ({
      ...plan,
      allowances: Object.fromEntries(
        Object.entries(plan.allowances).map(([name, allowance]): [string, RatedPlan['allowances'][string]] => {
          if (allowance === 'unlimited' || draw.chance(0.5)) return [name, allowance];
          const grown = (amount: string) => String(Number(amount.split('.')[0]) + 1 + draw.int(0, 9));
          return [
            name,
            'perHour' in allowance ? { perHour: grown(allowance.perHour) } : { perPeriod: grown(allowance.perPeriod) },
          ];
        }),
      ),
    });
    const before = centsByMeter(bill(story).lines);
    const after = centsByMeter(bill({ ...story, plans: story.plans.map(more) }).lines);
    const higher = [...after].find(([name, cents]) => (before.get(name) ?? 0) < cents);
    return higher ? `${higher[0]}: more for a larger allowance` : null;
  },

  'a meter’s lines depend on no meter of another allowance': (bill, story) => {
    const draw = new Draw(story.seed + 7_000_003);
    const names = [...new Set(story.plans.flatMap((plan) => Object.keys(plan.prices)))];
    if (names.length === 0) return null;
    const { allowance } = meterOf(draw.pick(names));
    const isKept = (meter: string): boolean => meterOf(meter).allowance === allowance;
    const hours = story.hours.map((hour) => ({
      ...hour,
      usage: Object.fromEntries(Object.entries(hour.usage).filter(([meter]) => isKept(meter))),
    }));
    const kept = (lines: readonly Line[]) => told(lines.filter((l) => l.meter !== 'base_fee' && isKept(l.meter)));
    return kept(bill(story).lines) === kept(bill({ ...story, hours }).lines) ? null : `${allowance}: other lines`;
  },

  'a trial is the paid period without its fee': (bill, story) => {
    const of = (kind: Story['period']['kind']) => bill({ ...story, period: { ...story.period, kind } }).lines;
    const usage = (lines: readonly Line[]) => told(lines.filter((line) => line.kind === 'usage'));
    const trial = of('trial');
    if (trial.some((line) => line.kind === 'fee' && line.amountCents !== 0)) return 'a trial with a fee';
    return usage(trial) === usage(of('paid')) ? null : 'other lines';
  },
} satisfies Record<string, Property>;

export const propertyNames = Object.keys(properties) as (keyof typeof properties)[];

/** What is wrong with a story's bill, by property; a product that throws is wrong. */
export function brokenBy(bill: Bill, story: Story): string[] {
  return propertyNames.flatMap((name) => {
    try {
      const wrong = properties[name](bill, story);
      return wrong === null ? [] : [`${name}: seed ${story.seed}: ${wrong}`];
    } catch (error) {
      return [`${name}: seed ${story.seed}: threw ${String(error)}`];
    }
  });
}
