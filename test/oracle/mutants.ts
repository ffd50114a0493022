// biome-ignore-all lint/suspicious/noTemplateCurlyInString: an edit is source text, of template strings too
/** Small wrong edits of the product's pricing, each of which the oracle must see. The text of an edit stands in its file once. */

export interface Mutant {
  name: string;
  /** Below `src`. */
  file: string;
  text: string;
  instead: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'what is without limit takes from the pool',
    file: 'pricing/allowance.ts',
    text: 'if (grants[i]?.unlimited) return [...quantities];',
    instead:
      'if (grants[i]?.unlimited) pool = Decimal.max(pool.minus(total), zero);\n    if (grants[i]?.unlimited) return [...quantities];',
  },
  {
    name: 'a stretch without limit adds nothing to the pool',
    file: 'pricing/allowance.ts',
    text: 'const model = unlimited\n',
    instead: 'const model = unlimited\n      ? undefined\n      : unlimited\n',
  },
  {
    name: 'the limited plan after comes before the one before',
    file: 'pricing/allowance.ts',
    text: '(stretches.slice(0, i).findLast(isLimited) ?? stretches.slice(i + 1).find(isLimited))',
    instead: '(stretches.slice(i + 1).find(isLimited) ?? stretches.slice(0, i).findLast(isLimited))',
  },
  {
    name: 'a shared allowance goes to the first meter first',
    file: 'pricing/allowance.ts',
    text: 'Decimal.min(included.times(quantity).div(total), left)',
    instead: 'Decimal.min(quantity, left)',
  },
  {
    name: 'an hourly allowance counts periods',
    file: 'pricing/allowance.ts',
    text: 'new Decimal(allowance.perHour).times(seconds).div(secondsPerHour)',
    instead: 'new Decimal(allowance.perHour).times(seconds).div(periodSeconds)',
  },
  {
    name: 'a volume tier ends before its edge',
    file: 'pricing/price.ts',
    text: 'settled(quantity).lte(t.to)',
    instead: 'settled(quantity).lt(t.to)',
  },
  {
    name: 'a started package is free',
    file: 'pricing/price.ts',
    text: 'settled(quantity.div(price.size)).ceil()',
    instead: 'settled(quantity.div(price.size)).floor()',
  },
  {
    name: 'prices are compared as text',
    file: 'pricing/price.ts',
    text: 'return `per_unit ${plain(price.unitPrice)}`;',
    instead: 'return `per_unit ${price.unitPrice}`;',
  },
  {
    name: 'a graduated tier counts from nothing',
    file: 'pricing/price.ts',
    text: 'const part = top.minus(tier.from);',
    instead: 'const part = top.minus(charges.length > 0 ? 0 : tier.from);',
  },
  {
    name: 'a flat price is not prorated',
    file: 'pricing/rate-sum.ts',
    text: "price.kind === 'flat' ?",
    instead: 'price.kind !== price.kind ?',
  },
  {
    name: 'each stretch starts its tiers anew',
    file: 'pricing/rate-sum.ts',
    text: 'key: priceKey(own.price) }',
    instead: 'key: `${s} ${priceKey(own.price)}` }',
  },
  {
    name: 'a level is prorated before its allowance',
    file: 'pricing/rate-level.ts',
    text: 'chargesOf(price, Decimal.max(peak.minus(included), zero))',
    instead: 'chargesOf(price, Decimal.max(peak.minus(included.times(share)), zero))',
  },
  {
    name: 'a level counts for the whole period',
    file: 'pricing/rate-level.ts',
    text: 'amountCents: centsOf(id, charge.amount.times(share)),',
    instead: 'amountCents: centsOf(id, charge.amount),',
  },
  {
    name: 'neighbours of one plan are not merged',
    file: 'pricing/stretch.ts',
    text: 'if (last !== undefined && alike(last, item))',
    instead: 'if (last !== undefined && last === item)',
  },
  {
    name: 'overrides are compared as text',
    file: 'pricing/stretch.ts',
    text: 'new Decimal(a).eq(b)',
    instead: 'a.length + 9 < b.length',
  },
  {
    name: 'a trial has a fee',
    file: 'pricing/fee.ts',
    text: "if (kind === 'trial') return { kind: 'trial_fee' };",
    instead: '',
  },
  {
    name: 'overrides outlive the plan that they were agreed for',
    file: 'pricing/segments.ts',
    text: "if (!applies && standing === 'holds') standing = 'ended';",
    instead: '',
  },
  {
    name: 'overrides that ended come back with their plan',
    file: 'pricing/segments.ts',
    text: "if (!applies && standing === 'holds') standing = 'ended';",
    instead: "if (!applies && standing === 'holds') standing = 'waits';",
  },
  {
    name: 'a change of the next period reaches into this one',
    file: 'pricing/segments.ts',
    text: 'one.effectiveAt < period.end',
    instead: 'one.effectiveAt < period.end + hourMs',
  },
  {
    name: 'a meter that the list does not price takes of the allowance',
    file: 'pricing/member.ts',
    text: 'if (prices[s] === null) return zero;',
    instead: '',
  },
  {
    name: 'a tie goes to the even cent',
    file: 'lib/decimal.ts',
    text: 'settled(dollars).times(centsPerDollar).toDecimalPlaces(0, Base.ROUND_HALF_UP)',
    instead: 'settled(dollars).times(centsPerDollar).toDecimalPlaces(0, Base.ROUND_HALF_EVEN)',
  },
  {
    name: 'the error of divisions is not settled before rounding',
    file: 'lib/decimal.ts',
    text: 'settled(dollars).times(centsPerDollar)',
    instead: 'dollars.times(centsPerDollar)',
  },
];
