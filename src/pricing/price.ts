/**
 * The kinds of price and what each charges for a quantity. Pure. A price is data, checked when the catalogue is loaded;
 * what is included before it is not its business (allowances: rate.ts).
 */
import { Decimal, settled, zero } from '../lib/decimal.ts';

/** From (exclusive) to (inclusive), `null` without end; in the meter's unit. */
export interface Tier {
  from: string;
  to: string | null;
  unitPrice: string;
}

export type Price =
  | { kind: 'per_unit'; unitPrice: string }
  /** One amount for the period as soon as there is any billable quantity. */
  | { kind: 'flat'; amount: string }
  /** Every started package of `size` units costs `packagePrice`. */
  | { kind: 'package'; size: string; packagePrice: string }
  /** Each tier's part of the quantity at that tier's price. */
  | { kind: 'graduated'; tiers: readonly Tier[] }
  /** The whole quantity at the price of the tier it reaches. */
  | { kind: 'volume'; tiers: readonly Tier[] };

/** A part of a quantity with its price; `amount` in dollars, not rounded. */
export interface Charge {
  /** What tells it from the price's other charges, whatever was used and however the tiers are written. */
  key: string;
  quantity: Decimal;
  /** The same for people, null when there is nothing to tell. */
  tier: string | null;
  unitPrice: string;
  amount: Decimal;
}

const nameOf = (tier: Tier): string => (tier.to === null ? `over ${tier.from}` : `${tier.from} to ${tier.to}`);

/** Says what is wrong with a price, null when nothing is: negative amounts, tiers that gap, overlap or end. */
export function faultOf(price: Price): string | null {
  switch (price.kind) {
    case 'per_unit':
      return negative(price.unitPrice);
    case 'flat':
      return negative(price.amount);
    case 'package':
      return new Decimal(price.size).gt(0) ? negative(price.packagePrice) : 'a package must have a size above 0';
    case 'graduated':
    case 'volume':
      return tierFault(price.tiers);
  }
}

/** A decimal in its one plain form: `0.050` and `.05` are `0.05`. */
const plain = (decimal: string): string => new Decimal(decimal).toString();

/** Equal for prices that say the same, however their decimals are written. */
export function priceKey(price: Price): string {
  switch (price.kind) {
    case 'per_unit':
      return `per_unit ${plain(price.unitPrice)}`;
    case 'flat':
      return `flat ${plain(price.amount)}`;
    case 'package':
      return `package ${plain(price.size)} ${plain(price.packagePrice)}`;
    case 'graduated':
    case 'volume':
      return `${price.kind} ${price.tiers.map((t) => `${plain(t.from)} ${plain(t.unitPrice)}`).join(', ')}`;
  }
}

/** Whether nothing costs anything: the meter is shown, not billed. */
export function isFree(price: Price): boolean {
  switch (price.kind) {
    case 'per_unit':
      return new Decimal(price.unitPrice).isZero();
    case 'flat':
      return new Decimal(price.amount).isZero();
    case 'package':
      return new Decimal(price.packagePrice).isZero();
    case 'graduated':
    case 'volume':
      return price.tiers.every((tier) => new Decimal(tier.unitPrice).isZero());
  }
}

const negative = (amount: string): string | null => (new Decimal(amount).lt(0) ? `${amount} is negative` : null);

function tierFault(tiers: readonly Tier[]): string | null {
  let reached: Decimal | null = zero;
  for (const tier of tiers) {
    if (reached === null) return `tier ${nameOf(tier)} follows one without end`;
    const from = new Decimal(tier.from);
    if (from.gt(reached)) return `there is a gap between ${reached} and ${tier.from}`;
    if (from.lt(reached)) return `tier ${nameOf(tier)} overlaps the one before it`;
    if (tier.to !== null && new Decimal(tier.to).lte(from)) return `tier ${nameOf(tier)} is empty`;
    const fault = negative(tier.unitPrice);
    if (fault) return fault;
    reached = tier.to === null ? null : new Decimal(tier.to);
  }
  return reached === null ? null : 'the last tier must have no end';
}

function graduated(tiers: readonly Tier[], quantity: Decimal): Charge[] {
  const charges: Charge[] = [];
  for (const tier of tiers) {
    const top = tier.to === null ? quantity : Decimal.min(quantity, tier.to);
    const part = top.minus(tier.from);
    // The first tier also stands for "nothing billable", so that a line can show it. Settled, as wherever a quantity chooses
    // a price: the last digit of a division reaches no tier.
    if (settled(part).lte(0) && charges.length > 0) break;
    const within = Decimal.max(part, 0);
    charges.push({
      key: plain(tier.from),
      quantity: within,
      tier: nameOf(tier),
      unitPrice: tier.unitPrice,
      amount: within.times(tier.unitPrice),
    });
  }
  return charges;
}

function volume(tiers: readonly Tier[], quantity: Decimal): Charge[] {
  const tier = tiers.find((t) => t.to === null || settled(quantity).lte(t.to));
  if (!tier) throw new Error('a volume price without a last tier passed the catalogue');
  const amount = quantity.times(tier.unitPrice);
  return [{ key: 'volume', quantity, tier: nameOf(tier), unitPrice: tier.unitPrice, amount }];
}

/** What a billable quantity costs; always at least one charge, so that a line can say "nothing". */
export function chargesOf(price: Price, quantity: Decimal): Charge[] {
  switch (price.kind) {
    case 'per_unit':
      return [{ key: '-', quantity, tier: null, unitPrice: price.unitPrice, amount: quantity.times(price.unitPrice) }];
    case 'flat': {
      const amount = settled(quantity).gt(0) ? new Decimal(price.amount) : zero;
      return [{ key: 'flat', quantity, tier: 'flat', unitPrice: price.amount, amount }];
    }
    case 'package': {
      const packages = settled(quantity.div(price.size)).ceil();
      const tier = `packages of ${price.size}`;
      const amount = packages.times(price.packagePrice);
      return [{ key: 'package', quantity, tier, unitPrice: price.packagePrice, amount }];
    }
    case 'graduated':
      return graduated(price.tiers, quantity);
    case 'volume':
      return volume(price.tiers, quantity);
  }
}
