import { describe, expect, it } from 'vitest';
import { Decimal, sum, toCents } from '../../../src/lib/decimal.ts';
import { chargesOf, faultOf, type Price } from '../../../src/pricing/price.ts';

const tiers = [
  { from: '0', to: '100', unitPrice: '1' },
  { from: '100', to: '200', unitPrice: '0.5' },
  { from: '200', to: null, unitPrice: '0.1' },
];
const total = (price: Price, quantity: string) =>
  sum(chargesOf(price, new Decimal(quantity)).map((c) => c.amount)).toString();

describe('prices', () => {
  it.each<[string, Price, string, string]>([
    ['per unit', { kind: 'per_unit', unitPrice: '0.05' }, '12.5', '0.625'],
    ['per unit, nothing', { kind: 'per_unit', unitPrice: '0.05' }, '0', '0'],
    ['flat, some', { kind: 'flat', amount: '7' }, '0.001', '7'],
    ['flat, nothing', { kind: 'flat', amount: '7' }, '0', '0'],
    ['package, exact', { kind: 'package', size: '10', packagePrice: '3' }, '20', '6'],
    ['package, started', { kind: 'package', size: '10', packagePrice: '3' }, '20.01', '9'],
    ['package, nothing', { kind: 'package', size: '10', packagePrice: '3' }, '0', '0'],
    ['graduated, first tier', { kind: 'graduated', tiers }, '100', '100'],
    ['graduated, all tiers', { kind: 'graduated', tiers }, '250', '155'],
    ['volume, at an edge', { kind: 'volume', tiers }, '200', '100'],
    ['volume, past it', { kind: 'volume', tiers }, '201', '20.1'],
  ])('%s', (_, price, quantity, dollars) => expect(total(price, quantity)).toBe(dollars));

  it.each<[string, typeof tiers, RegExp]>([
    ['a gap', [tiers[0], { ...tiers[2], from: '150' }] as typeof tiers, /gap between 100 and 150/],
    ['an overlap', [tiers[0], { ...tiers[2], from: '50' }] as typeof tiers, /overlaps/],
    ['no end', [tiers[0]] as typeof tiers, /must have no end/],
    [
      'a tier after the end',
      [{ from: '0', to: null, unitPrice: '1' }, ...tiers.slice(2)] as typeof tiers,
      /follows one/,
    ],
    ['a negative price', [{ from: '0', to: null, unitPrice: '-1' }] as unknown as typeof tiers, /negative/],
  ])('refuse tiers with %s', (_, bad, message) => {
    expect(faultOf({ kind: 'graduated', tiers: bad })).toMatch(message);
    expect(faultOf({ kind: 'volume', tiers: bad })).toMatch(message);
  });
});

describe('rounding', () => {
  it.each([
    ['0.005', 1],
    ['-0.005', -1],
    ['0.00499999999999999999999999999999', 0],
    ['1.005', 101],
  ])('%s dollars are %i cents, half away from zero', (dollars, cents) => {
    expect(toCents(new Decimal(dollars))).toBe(cents);
  });

  it('sees a tie behind a quotient that never ends', () => {
    expect(toCents(new Decimal(4).div(3).times('0.00375'))).toBe(1);
  });
});
