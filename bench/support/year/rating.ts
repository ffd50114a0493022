/**
 * The oracle's rating: what a period's windows cost, in exact fractions, from the text of docs/pricing.md. Imports nothing of the
 * product.
 */
import { type Allowance, isSamePrice, type OraclePlan, type Price } from './catalogue.ts';
import {
  add,
  centsOf,
  decimal,
  div,
  type Fraction,
  isLess,
  least,
  most,
  mul,
  of,
  sum,
  take,
  up,
  zero,
} from './fraction.ts';

const hourMs = 3_600_000;

/** What a report said of an hour: by its field, in whole parts of a unit (thousandths, bytes, requests). */
export type Raw = Readonly<Record<string, number>>;

interface Meter {
  field: string;
  /** Parts of the report's unit in one unit of the bill. */
  parts: number;
  /** Held: a GB-month is a GB for all of the period. */
  held?: true;
  level?: true;
  pool: string;
}

const gb = 2 ** 30;

/** Meters of the infrastructure list, and two of the operator's own. */
const meters: Readonly<Record<string, Meter>> = {
  cpu_core_ms: { field: 'cpu_hours', parts: 1000, pool: 'cpu_core_ms' },
  memory_mib_s: { field: 'memory_gb_hours', parts: 1000, pool: 'memory_mib_s' },
  storage_mib_s: { field: 'storage_used_gb', parts: 1000, held: true, pool: 'storage_mib_s' },
  network_sent_bytes: { field: 'network_bytes_sent', parts: gb, pool: 'network_bytes' },
  network_received_bytes: { field: 'network_bytes_received', parts: gb, pool: 'network_bytes' },
  ingress_requests: { field: 'http_requests', parts: 1, pool: 'ingress_requests' },
  gpu_time: { field: 'custom_1', parts: 1000, pool: 'gpu_time' },
  seats: { field: 'custom_2', parts: 1000, level: true, pool: 'seats' },
};

/** What reports may say, with the parts of a unit that the oracle counts in. */
export const fieldParts: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(meters).map(({ field, parts }) => [field, parts === gb ? 1 : parts]),
);

export interface Span {
  start: number;
  end: number;
}

export interface Stretch extends Span {
  plan: OraclePlan;
}

export interface OracleLine {
  /** What it stays the same line by: meter, tier and where it begins. */
  key: string;
  meter: string;
  cents: number;
  /** Dollars before they are rounded, as a fraction. */
  exact?: string;
}

const lengthOf = ({ start, end }: Span): Fraction => of(end - start);

/** Cuts a period where the plan changed: from the hour edge at or before it. @param changes oldest first */
export function stretchesOf(period: Span, changes: readonly { at: number; plan: OraclePlan }[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { at, plan } of changes.filter((change) => change.at < period.end)) {
    const from = Math.max(period.start, Math.floor(at / hourMs) * hourMs);
    const last = stretches.at(-1);
    if (last && last.start >= from) stretches.pop();
    else if (last) last.end = from;
    const before = stretches.at(-1);
    if (before && before.plan.name === plan.name) before.end = period.end;
    else stretches.push({ start: before ? from : period.start, end: period.end, plan });
  }
  return stretches;
}

/** What the windows of each stretch say, by field: added up, and the highest. */
function usedIn(stretch: Stretch, windows: ReadonlyMap<number, Raw>) {
  const sums: Record<string, number> = {};
  const peaks: Record<string, number> = {};
  const first = Math.floor(stretch.start / hourMs) * hourMs + hourMs;
  for (let end = first; end <= stretch.end; end += hourMs) {
    for (const [field, parts] of Object.entries(windows.get(end) ?? {})) {
      sums[field] = (sums[field] ?? 0) + parts;
      peaks[field] = Math.max(peaks[field] ?? 0, parts);
    }
  }
  return { sums, peaks };
}

const isFree = (price: Price): boolean => (price.kind === 'unit' || price.kind === 'package') && price.price[0] === 0n;

interface Charge {
  tier: string;
  dollars: Fraction;
}

function chargesOf(price: Price, quantity: Fraction): Charge[] {
  switch (price.kind) {
    case 'unit':
      return [{ tier: '-', dollars: mul(quantity, price.price) }];
    case 'flat':
      return [{ tier: 'flat', dollars: quantity[0] > 0n ? price.amount : zero }];
    case 'package':
      return [{ tier: 'package', dollars: mul(up(div(quantity, price.size)), price.price) }];
    case 'volume': {
      const reached = price.tiers.find(({ to }) => to === null || !isLess(to, quantity));
      return [{ tier: 'volume', dollars: mul(quantity, reached?.price ?? zero) }];
    }
    case 'graduated':
      return price.tiers.map(({ from, to, price: each }, i) => ({
        tier: String(i),
        dollars: mul(most(take(to === null ? quantity : least(quantity, to), from), zero), each),
      }));
  }
}

const allowanceIn = ({ plan }: Stretch, pool: string): Allowance => plan.allowances[pool] ?? { perPeriod: zero };

function givenFor(allowance: Allowance, length: Fraction, period: Fraction): Fraction {
  if (allowance === 'unlimited') return zero;
  if ('perHour' in allowance) return mul(allowance.perHour, div(length, of(hourMs)));
  return mul(allowance.perPeriod, div(length, period));
}

/** All that the allowances of the period give; what is without limit adds what the limited plan beside it would have. */
function poolOf(stretches: readonly Stretch[], pool: string, period: Fraction): Fraction {
  const limited = (stretch: Stretch) => allowanceIn(stretch, pool) !== 'unlimited';
  return sum(
    stretches.map((stretch, i) => {
      const source = stretches.slice(0, i + 1).findLast(limited) ?? stretches.slice(i).find(limited);
      return source === undefined ? zero : givenFor(allowanceIn(source, pool), lengthOf(stretch), period);
    }),
  );
}

type Used = ReturnType<typeof usedIn>;

/** How much of each meter of a pool is billable in each stretch. */
function shareOut(names: readonly string[], stretches: readonly Stretch[], used: readonly Used[], period: Fraction) {
  const pool = meters[names[0] ?? '']?.pool ?? '';
  const size = poolOf(stretches, pool, period);
  let gone = zero;
  return stretches.map((stretch, i) => {
    const amounts = names.map((name) => {
      const meter = meters[name];
      if (!meter || stretch.plan.prices[name] === undefined) return zero;
      const units = div(of(used[i]?.sums[meter.field] ?? 0), of(meter.parts));
      return meter.held ? div(mul(units, of(hourMs)), period) : units;
    });
    if (allowanceIn(stretch, pool) === 'unlimited') return amounts.map((amount) => ({ amount, billable: zero }));
    const all = sum(amounts);
    const left = most(take(size, gone), zero);
    const free = least(all, left);
    gone = add(gone, all);
    return amounts.map((amount) => ({
      amount,
      billable: all[0] === 0n ? zero : take(amount, div(mul(free, amount), all)),
    }));
  });
}

function sumLines(names: readonly string[], stretches: readonly Stretch[], used: readonly Used[], period: Fraction) {
  const shares = shareOut(names, stretches, used, period);
  return names.flatMap((name, m): OracleLine[] => {
    const bills: { price: Price; at: number[] }[] = [];
    for (const [i, { plan }] of stretches.entries()) {
      const price = plan.prices[name];
      if (price === undefined) continue;
      const alike = bills.find((bill) => isSamePrice(bill.price, price));
      if (alike) alike.at.push(i);
      else bills.push({ price, at: [i] });
    }
    return bills.flatMap(({ price, at }) => {
      const time = sum(at.map((i) => lengthOf(stretches[i] as Stretch)));
      const scale = price.kind === 'flat' ? div(time, period) : of(1);
      const billable = sum(at.map((i) => shares[i]?.[m]?.billable ?? zero));
      if (isFree(price)) return [];
      return chargesOf(price, billable).map(({ tier, dollars }) => ({
        key: `${name}/${price.kind}${tier}/${stretches[at[0] ?? 0]?.start}`,
        meter: name,
        cents: centsOf(mul(dollars, scale)),
        exact: mul(dollars, scale).join('/'),
      }));
    });
  });
}

function levelLines(name: string, stretches: readonly Stretch[], used: readonly Used[], period: Fraction) {
  const meter = meters[name] as Meter;
  return stretches.flatMap((stretch, i): OracleLine[] => {
    const price = stretch.plan.prices[name];
    const allowance = allowanceIn(stretch, meter.pool);
    if (price === undefined || allowance === 'unlimited') return [];
    const peak = div(of(used[i]?.peaks[meter.field] ?? 0), of(meter.parts));
    const level = 'perHour' in allowance ? allowance.perHour : allowance.perPeriod;
    const share = div(lengthOf(stretch), period);
    return chargesOf(price, most(take(peak, level), zero)).map(({ tier, dollars }) => ({
      key: `${name}/${tier}/${stretch.start}`,
      meter: name,
      cents: centsOf(mul(dollars, share)),
    }));
  });
}

/** What a period costs beside its fee. @param windows what stands, by the hour's end */
export function rate(period: Span, stretches: readonly Stretch[], windows: ReadonlyMap<number, Raw>): OracleLine[] {
  const used = stretches.map((stretch) => usedIn(stretch, windows));
  const names = [...new Set(stretches.flatMap(({ plan }) => Object.keys(plan.prices)))].filter((name) => meters[name]);
  const length = lengthOf(period);
  const sums = names.filter((name) => meters[name]?.level !== true);
  const pools = Map.groupBy(sums, (name) => meters[name]?.pool);
  return [
    ...[...pools.values()].flatMap((shared) => sumLines(shared, stretches, used, length)),
    ...names.filter((name) => meters[name]?.level).flatMap((name) => levelLines(name, stretches, used, length)),
  ];
}

/** What is left of a price for the rest of its time, cents: Stripe's own arithmetic, to the second. */
export const shareOf = (cents: number, restSeconds: number, allSeconds: number): number =>
  centsOf(div(mul(div(of(cents), decimal('100')), of(restSeconds)), of(allSeconds)));
