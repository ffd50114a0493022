/** The five forms of price in exact fractions, for the oracle. */
import type { Price } from '../../src/pricing/price.ts';
import { ceiling, equal, type Fraction, least, less, minus, none, parse, times, whole } from './fraction.ts';

/** A part of what is billed. */
export interface Charged {
  /** What names the part in a line's id. */
  tier: string;
  quantity: Fraction;
  unitPrice: Fraction;
  dollars: Fraction;
}

/** Every amount of a price, in order. */
function amountsOf(price: Price): Fraction[] {
  switch (price.kind) {
    case 'per_unit':
      return [parse(price.unitPrice)];
    case 'flat':
      return [parse(price.amount)];
    case 'package':
      return [parse(price.packagePrice), parse(price.size)];
    case 'graduated':
    case 'volume':
      return price.tiers.flatMap((tier) => [parse(tier.unitPrice), parse(tier.from)]);
  }
}

export function samePrice(a: Price, b: Price): boolean {
  const [x, y] = [amountsOf(a), amountsOf(b)];
  return a.kind === b.kind && x.length === y.length && x.every((amount, i) => equal(amount, y[i] as Fraction));
}

export const nothingCosts = (price: Price): boolean => {
  if (price.kind === 'graduated' || price.kind === 'volume') {
    return price.tiers.every((tier) => parse(tier.unitPrice).n === 0n);
  }
  return amountsOf(price)[0]?.n === 0n;
};

/** A decimal as an id has it: no zeros that say nothing. */
const plain = (decimal: string): string =>
  decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal;

/** What a billable quantity costs; at least one part. */
export function costOf(price: Price, quantity: Fraction): Charged[] {
  const perUnit = (tier: string, unitPrice: Fraction, part = quantity): Charged => ({
    tier,
    quantity: part,
    unitPrice,
    dollars: times(part, unitPrice),
  });
  switch (price.kind) {
    case 'per_unit':
      return [perUnit('-', parse(price.unitPrice))];
    case 'flat': {
      const unitPrice = parse(price.amount);
      return [{ tier: 'flat', quantity, unitPrice, dollars: less(none, quantity) ? unitPrice : none }];
    }
    case 'package': {
      const unitPrice = parse(price.packagePrice);
      const packages = whole(ceiling(times(quantity, { n: parse(price.size).d, d: parse(price.size).n })));
      return [{ tier: 'package', quantity, unitPrice, dollars: times(packages, unitPrice) }];
    }
    case 'volume': {
      const reached = price.tiers.findIndex((tier) => tier.to === null || !less(parse(tier.to), quantity));
      return [perUnit('volume', parse(price.tiers[reached]?.unitPrice ?? ''))];
    }
    case 'graduated':
      return price.tiers.flatMap((tier, i) => {
        const from = parse(tier.from);
        if (i > 0 && !less(from, quantity)) return [];
        const upTo = tier.to === null ? quantity : least(quantity, parse(tier.to));
        return [perUnit(plain(tier.from), parse(tier.unitPrice), minus(upTo, from))];
      });
  }
}
