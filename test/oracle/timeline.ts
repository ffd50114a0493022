/** Which plan and overrides each hour of a story has, told hour by hour from the text of the specification (§3). */
import type { OverrideRow } from '../../src/pricing/segments.ts';
import type { RatedPlan } from '../../src/pricing/stretch.ts';
import { equal, parse } from './fraction.ts';
import type { Story } from './story.ts';

const hourMs = 3_600_000;
const hourHolding = (ms: number): number => ms - (((ms % hourMs) + hourMs) % hourMs);

/** What is the customer's own, of one moment. */
export interface Own {
  allowances: Readonly<Record<string, string | null>>;
  prices: Readonly<Record<string, string>>;
}

/** A part of the period in which nothing changes. */
export interface Part {
  start: number;
  end: number;
  plan: RatedPlan;
  own: Own;
  /** By meter: what was added up, or of a level the highest. */
  used: Record<string, bigint>;
}

function slugAt({ changes, period }: Story, hour: number): { plan: string; planVersion: string } {
  let found = changes[0];
  for (const change of changes) {
    if (change.effectiveAt < hour + hourMs && change.effectiveAt < period.end) found = change;
  }
  if (!found) throw new Error('a story has a plan');
  return found;
}

/** Whether a row that ends with its plan is still in force: its plan runs, and has run without a break since it first did. */
function standsAt(story: Story, row: OverrideRow, hour: number): boolean {
  const from = hourHolding(row.effectiveAt);
  const moments = [from, ...story.changes.map((change) => hourHolding(change.effectiveAt)), hour]
    .filter((moment) => moment >= from && moment <= hour)
    .toSorted((a, b) => a - b);
  const runs = moments.map((moment) => slugAt(story, moment).plan === row.plan);
  const first = runs.indexOf(true);
  return first >= 0 && runs.slice(first).every(Boolean);
}

function ownAt(story: Story, hour: number): Own {
  let newest: OverrideRow | undefined;
  for (const row of story.rows) {
    if (row.effectiveAt < hour + hourMs && row.effectiveAt < story.period.end) newest = row;
  }
  const stands = newest !== undefined && (!newest.untilPlanChange || standsAt(story, newest, hour));
  return stands && newest ? { allowances: newest.allowances, prices: newest.prices } : { allowances: {}, prices: {} };
}

/** Whether two sets of names and decimals say the same. */
function agree(a: Own, b: Own): boolean {
  const alike = (x: Own['allowances'], y: Own['allowances']): boolean =>
    Object.keys(x).toSorted().join() === Object.keys(y).toSorted().join() &&
    Object.entries(x).every(([name, value]) => {
      const other = y[name] ?? null;
      return value === null || other === null ? value === other : equal(parse(value), parse(other));
    });
  return alike(a.allowances, b.allowances) && alike(a.prices, b.prices);
}

/** The period's parts with what was used in each. A window is of the part that holds its end. */
export function partsOf(story: Story, isLevel: (plan: RatedPlan, meter: string) => boolean): Part[] {
  const parts = emptyParts(story);
  for (const hour of story.hours) {
    const part = parts.find((one) => one.start < hour.end && hour.end <= one.end);
    if (!part) throw new Error('an hour outside of the period');
    for (const [meter, base] of Object.entries(hour.usage)) {
      const before = part.used[meter] ?? 0n;
      const highest = base > before ? base : before;
      part.used[meter] = isLevel(part.plan, meter) ? highest : before + base;
    }
  }
  return parts;
}

function emptyParts(story: Story): Part[] {
  const { period } = story;
  const parts: Part[] = [];
  const news = new Set([...story.changes, ...story.rows].map((one) => hourHolding(one.effectiveAt)));
  for (let hour = hourHolding(period.start); hour < period.end; hour += hourMs) {
    const end = Math.min(hour + hourMs, period.end);
    const last = parts.at(-1);
    if (last && !news.has(hour)) {
      last.end = end;
      continue;
    }
    const said = slugAt(story, hour);
    const plan = story.plans.find((one) => one.plan === said.plan && one.version === said.planVersion);
    if (!plan) throw new Error(`the story has no ${said.plan} ${said.planVersion}`);
    const own = ownAt(story, hour);
    if (last && last.plan === plan && agree(last.own, own)) last.end = end;
    else parts.push({ start: Math.max(hour, period.start), end, plan, own, used: {} });
  }
  return parts;
}
