/** What a period's lines are once something was billed of it, of which periods that is asked, and how they go to Stripe. */
import { describe, expect, it } from 'vitest';
import type { CostLine } from '../../../src/contracts/cost.ts';
import { whyHeld } from '../../../src/invoices/hold-line.ts';
import { changedSince } from '../../../src/invoices/invoice.ts';
import { readParts, writeParts } from '../../../src/invoices/line-parts.ts';
import { linesOf, sumOf } from '../../../src/invoices/lines.ts';
import { toStripeLines } from '../../../src/invoices/stripe-lines.ts';
import { seeded } from '../../harness/worker/broken-stripe.ts';

const period = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2026-02-01T00:00:00Z') };
const body = (meter: string, amountCents: number): CostLine => ({
  line_id: meter,
  from: '',
  to: '',
  meter,
  description: meter.toUpperCase(),
  quantity: '1',
  unit: 'unit',
  included: '0',
  billable: '1',
  tier: null,
  unit_price: '1',
  amount_cents: amountCents,
  reason: 'used',
  allowance: null,
});
const rated = (cents: Readonly<Record<string, number>>) =>
  Object.entries(cents).map(([identity, amount]) => ({ identity, body: body(identity, amount) }));

describe('the lines of a period', () => {
  it('are all of it where nothing was billed, also those that cost nothing', () => {
    const lines = linesOf(period, rated({ cpu: 100, memory: 0 }), [], null);
    expect(lines.map(({ identity, amountCents, deltaOf }) => [identity, amountCents, deltaOf])).toEqual([
      ['cpu', 100, null],
      ['memory', 0, null],
    ]);
  });

  it('are what has changed where it was, also of a line that is gone, and say so', () => {
    const said = [
      { identity: 'cpu', amountCents: 100, billedCents: 100, body: body('cpu', 100) },
      { identity: 'gone', amountCents: 30, billedCents: 30, body: body('gone', 30) },
    ];
    const lines = linesOf(period, rated({ cpu: 70, memory: 5 }), said, 'inv_1');
    expect(lines.map(({ identity, amountCents, deltaOf }) => [identity, amountCents, deltaOf])).toEqual([
      ['cpu', -30, 'inv_1'],
      ['memory', 5, 'inv_1'],
      ['gone', -30, 'inv_1'],
    ]);
    expect(lines[0]?.body.reason).toBe('corrected: $0.70, $1.00 was billed; used');
  });

  it('add up to what the period costs now, however often it changes', () => {
    const random = seeded(7);
    const said = new Map<string, number>();
    for (let round = 0; round < 200; round++) {
      const now = Object.fromEntries(
        ['a', 'b', 'c', 'd'].filter(() => random() < 0.8).map((name) => [name, Math.floor(random() * 1000) - 100]),
      );
      const before = [...said].map(([identity, amountCents]) => ({
        identity,
        amountCents,
        billedCents: amountCents,
        body: body(identity, amountCents),
      }));
      for (const { identity, amountCents } of linesOf(period, rated(now), before, round === 0 ? null : 'inv_1'))
        said.set(identity, (said.get(identity) ?? 0) + amountCents);
      expect([...said.values()].reduce((a, b) => a + b, 0)).toBe(Object.values(now).reduce((a, b) => a + b, 0));
    }
  });
});

describe('lines at Stripe', () => {
  const line = (n: number, meter: string, amountCents: number) => ({
    id: `lin_${n}`,
    lineId: `line/${String(n).padStart(4, '0')}`,
    identity: `${meter}/-/${n}`,
    meter,
    amountCents,
    description: meter,
    periodStart: period.start,
    periodEnd: period.end,
    deltaOf: null,
  });

  it('are one each, without those that cost nothing; a period ends with its last second', () => {
    expect(toStripeLines([line(1, 'cpu', 100), line(2, 'memory', 0)])).toEqual([
      {
        mark: 'lin_1',
        ids: ['lin_1'],
        parts: [
          {
            id: 'lin_1',
            identity: 'cpu/-/1',
            meter: 'cpu',
            start: period.start,
            end: period.end,
            deltaOf: null,
            amountCents: 100,
          },
        ],
        amountCents: 100,
        description: 'cpu, 2026-01-01 to 2026-02-01',
        start: period.start / 1000,
        end: period.end / 1000 - 1,
      },
    ]);
  });

  it('are at most 250 of however many, of the same sum, the largest by themselves, and the same in any order', () => {
    const random = seeded(3);
    const many = Array.from({ length: 900 }, (_, n) => line(n, `meter_${n % 7}`, Math.floor(random() * 9000) - 1000));
    const sent = toStripeLines(many);
    expect(sent.length).toBe(207);
    expect(sumOf(sent)).toBe(sumOf(many));
    expect(new Set(sent.flatMap(({ ids }) => ids)).size).toBe(
      many.filter(({ amountCents }) => amountCents !== 0).length,
    );
    expect(toStripeLines(many.toReversed())).toEqual(sent);
  });

  it('say in their metadata which of ours they are, within what Stripe takes; too many are not said at all', () => {
    const [one] = toStripeLines([line(1, 'cpu', -100)]);
    const few = toStripeLines(Array.from({ length: 300 }, (_, n) => line(n, 'cpu', 300 - n))).at(-1);
    for (const parts of [one?.parts ?? [], few?.parts ?? []]) {
      const said = writeParts(parts);
      expect(Object.keys(said).length).toBeLessThanOrEqual(48);
      for (const value of Object.values(said)) expect(value.length).toBeLessThanOrEqual(500);
      expect(readParts({ ...said, tenantry_line: 'x' })).toEqual(parts);
    }
    expect(few?.parts).toHaveLength(100);
    expect(writeParts(Array.from({ length: 9 }, () => few?.parts ?? []).flat())).toEqual({});
    expect(readParts({})).toBeNull();
    expect(readParts({ tenantry_parts_0: '[["lin_1","cpu"]]' })).toBeNull();
  });
});

describe('a period may have changed', () => {
  const ratedAt = Date.parse('2026-06-01T00:20:00Z');
  const settled = { state: 'paid' as const, ratedAt, late: false };
  it.each([
    ['that ended up to 76 days before the newest invoice was made', [settled, { ...settled, ratedAt: 1 }], ratedAt],
    ['whatever a draft that waits is', [settled, { state: 'held' as const, ratedAt: null, late: false }], ratedAt],
    ['before one that is void', [settled, { state: 'void' as const, ratedAt: ratedAt + 9, late: false }], ratedAt],
    ['before one that went without lines', [settled, { ...settled, ratedAt: ratedAt + 9, late: true }], ratedAt],
    ['however long ago, where none has settled anything', [{ ...settled, late: true }], 0],
  ])('%s', (_, others, from) => {
    expect(changedSince(others)).toBe(from - 76 * 86_400_000);
  });
});

describe('a line waits for approval', () => {
  const usual = new Map([['cpu', 100]]);
  const above = (factor: number, times: number) => ({ factor, cents: 100, times });
  it.each([
    [{ cents: 500, factor: null }, 501, { limit_cents: 500, usual: null }],
    [{ cents: 500, factor: null }, 500, null],
    [{ cents: null, factor: 3 }, 301, { limit_cents: null, usual: above(3, 3) }],
    [{ cents: null, factor: 3 }, 300, null],
    [{ cents: 500, factor: 3 }, 1_234, { limit_cents: 500, usual: above(3, 12.3) }],
    [{ cents: null, factor: null }, 1_000_000, null],
  ])('by %j of %i cents, and says what it is above: %j', (rules, amountCents, why) => {
    expect(whyHeld({ meter: 'cpu', amountCents }, rules, usual)).toEqual(why);
  });

  it('not by the usual of a meter that was never billed', () => {
    expect(whyHeld({ meter: 'new', amountCents: 10_000 }, { cents: null, factor: 2 }, usual)).toBeNull();
  });
});
