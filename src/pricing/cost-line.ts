/**
 * A line of a rated period as it is told: in an answer, on an invoice, in a statement, whose check makes it again. All sentences
 * of lines are here. Pure.
 */
import type { CostLine } from '../contracts/cost.ts';
import { Decimal, grouped, readablePrice, settled, shown } from '../lib/decimal.ts';
import { dayMs, hourMs, iso, minuteMs, secondMs } from '../lib/time.ts';
import type { Period } from '../periods/period.ts';
import type { Line, Taken, Why } from './line.ts';

/** A line on the wire: decimals of at most nine places, `quantity = included + billable` as shown, and why. */
export function toCostLine(line: Line, period: Period): CostLine {
  const quantity = shown(line.quantity);
  const included = shown(line.included);
  return {
    line_id: line.id,
    from: iso(line.from),
    to: iso(line.to),
    meter: line.meter,
    description: line.description,
    quantity: quantity.toString(),
    unit: line.unit,
    included: included.toString(),
    billable: Decimal.max(quantity.minus(included), 0).toString(),
    tier: line.tier,
    unit_price: line.unitPrice,
    amount_cents: line.amountCents,
    reason: reasonOf(line, period),
    allowance: allowanceOf(line.why),
  };
}

/** What the line draws on. */
function allowanceOf(why: Why): CostLine['allowance'] {
  switch (why.kind) {
    case 'unlimited':
      return { name: why.allowance, size: null, peak: null };
    case 'pool':
      return { name: why.allowance, size: shown(why.size).toString(), peak: null };
    case 'level':
      return { name: why.allowance, size: shown(why.included).toString(), peak: shown(why.peak).toString() };
    default:
      return null;
  }
}

/** `above 720 core-hours included; your own price; …`. */
function reasonOf(line: Line, period: Period): string {
  const fullFee = line.why.kind === 'fee' && line.share.eq(1) ? 'for the whole period' : null;
  const ownPrice = line.ownPrice ? 'your own price' : null;
  return said([fullFee, ...whyWords(line), ownPrice, smallPrice(line), when(line, period)]);
}

const said = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join('; ');

function whyWords(line: Line): string[] {
  const { why } = line;
  switch (why.kind) {
    case 'fee':
      return [];
    case 'trial_fee':
      return ['a trial has no fee'];
    case 'yearly_fee':
      return ['invoiced once a year, apart from usage'];
    case 'not_billed':
      return ['shown, not billed'];
    case 'unlimited':
      return [why.own ? 'everything is included, your own allowance' : 'everything is included in the plan'];
    case 'pool': {
      const free = why.unlimited.gt(0) ? [`${amountOf(why.unlimited, line)} used under a plan without limit`] : [];
      return [covered(line, why.size, why.own), ...takenWords(why.others, line), ...free];
    }
    case 'level': {
      const highest = `the highest hour is ${numberOf(why.peak)}`;
      return [highest, covered(line, why.included, why.own), ...takenWords(why.others, line)];
    }
  }
}

function covered(line: Line, size: Decimal, own: boolean): string {
  const whose = own ? ', your own allowance' : '';
  if (settled(size).isZero()) return `nothing is included${whose}`;
  const side = settled(line.billable).gt(0) ? 'above' : 'within';
  return `${side} ${amountOf(size, line)} included${whose}`;
}

/** Where the rest of an allowance went. */
const takenWords = (others: readonly Taken[], line: Line): string[] =>
  others.map(({ meter, description, quantity }) => {
    const amount = amountOf(quantity, line);
    return meter === line.meter ? `${amount} of it used at another price` : `${amount} of it used by ${description}`;
  });

/** The price of many units, where a unit's is below a cent. */
function smallPrice(line: Line): string | null {
  const { dollars, per } = readablePrice(line.unitPrice);
  return per === 1 ? null : `${dollars} per ${grouped(String(per))} ${unitsOf(line.unit)}`;
}

/** When the line counts, with its share where it is prorated; null for the whole period. */
function when({ spans, from, to, share }: Line, period: Period): string | null {
  if (spans.length === 1 && from === period.start && to === period.end) return null;
  const times = spans.map(({ start, end }) => `from ${minuteOf(start)} to ${minuteOf(end)} UTC`).join(' and ');
  return share.eq(1) ? times : `${times}, ${shareWords(share, period)}`;
}

const shareWords = (share: Decimal, { start, end }: Period): string =>
  `${durationOf(share.times(end - start).toNumber())} of ${durationOf(end - start)}`;

const minuteOf = (ms: number): string => iso(ms).slice(0, 16).replace('T', ' ');

/** `14 days 23 h 30 min`; seconds where there are some. */
function durationOf(ms: number): string {
  const rounded = Math.round(ms / secondMs) * secondMs;
  const days = Math.floor(rounded / dayMs);
  const parts = [
    [days, days === 1 ? 'day' : 'days'],
    [Math.floor((rounded % dayMs) / hourMs), 'h'],
    [Math.floor((rounded % hourMs) / minuteMs), 'min'],
    [(rounded % minuteMs) / secondMs, 's'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return counts.length === 0 ? '0 s' : counts.join(' ');
}

const numberOf = (quantity: Decimal): string => grouped(shown(quantity).toString());

/** `1,000,000 requests`, `1 GB`; of a level, which is held and not used up, the number alone. */
function amountOf(quantity: Decimal, { unit, why }: Line): string {
  if (why.kind === 'level') return numberOf(quantity);
  return `${numberOf(quantity)} ${shown(quantity).eq(1) ? unit : unitsOf(unit)}`;
}

/** A unit's plural; GB and the like have none. */
const unitsOf = (unit: string): string => (/[a-z]$/.test(unit) ? `${unit}s` : unit);
