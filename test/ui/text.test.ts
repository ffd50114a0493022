/** How the pages write moments, lengths and amounts. */
import { describe, expect, it } from 'vitest';
import { ratedMeters } from '../../src/pricing/meters.ts';
import { numberText } from '../../ui/src/invoices/words.ts';
import { moneyText, priceText } from '../../ui/src/money/money-text.ts';
import { quantityText, unitsText } from '../../ui/src/money/quantity-text.ts';
import { subscriptionTexts } from '../../ui/src/texts/subscription.ts';
import { lengthText, utcText } from '../../ui/src/time/time-text.ts';

describe('texts of the pages', () => {
  it('a moment is in UTC, whatever the reader’s own zone', () => {
    expect(utcText(Date.parse('2026-11-03T14:05:09.999+02:00'))).toBe('2026-11-03 12:05:09');
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [61_500, '1 min 1 s'],
    [3_600_000, '1 h'],
    [7_505_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%i ms are %s', (ms, text) => expect(lengthText(ms)).toBe(text));

  it.each([
    [0, '$0.00'],
    [5, '$0.05'],
    [123_450, '$1,234.50'],
    [-100, '-$1.00'],
  ])('%i cents are %s', (cents, text) => expect(moneyText(cents)).toBe(text));

  it.each([
    ['0.05', '$0.05'],
    ['29', '$29.00'],
    ['0.0000005', '$0.0000005'],
    ['1234.5', '$1,234.50'],
  ])('a unit’s price of %s is %s, exact', (dollars, text) => expect(priceText(dollars)).toBe(text));

  it.each([
    ['0', '0'],
    ['1234.56789', '1,234.568'],
    ['0.000012345', '0.000012'],
  ])('a quantity of %s is %s', (quantity, text) => expect(quantityText(quantity)).toBe(text));

  it.each([
    ['month', '1', 'month'],
    ['month', '0.5', 'months'],
    ['core-hour', '2', 'core-hours'],
    ['core-hour', '1.0000001', 'core-hour'],
    ['GB', '2', 'GB'],
  ])('the unit %s of %s is %s', (unit, quantity, text) => expect(unitsText(unit, quantity)).toBe(text));

  it.each([
    ['A-1', 'paid', 'A-1'],
    [null, 'draft', 'No number yet'],
    [null, 'held', 'No number yet'],
    [null, 'paid', 'No number'],
    [null, 'uncollectible', 'No number'],
  ] as const)('the number %s of an invoice that is %s is %s', (number, state, text) =>
    expect(numberText({ number, state })).toBe(text),
  );

  it('every allowance that a plan can have has a name for people', () => {
    const names = [...ratedMeters.values()].map(({ allowance }) => allowance);
    expect(names.filter((name) => subscriptionTexts.plans.allowances[name] === undefined)).toEqual([]);
  });
});
