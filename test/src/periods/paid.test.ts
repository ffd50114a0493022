import { describe, expect, it } from 'vitest';
import { followStripe, type PeriodAtStripe } from '../../../src/periods/paid.ts';
import { firstPeriod, trialPeriod } from '../../../src/periods/period.ts';

const at = (text: string) => Date.parse(text);
const day = 86_400_000;
const signup = at('2026-11-20T10:00:00.500Z');
const trial = { ...trialPeriod(signup, signup + 14 * day), open: true };
const month = (start: string, end: string, fields: Partial<PeriodAtStripe> = {}): PeriodAtStripe => ({
  start: at(start),
  end: at(end),
  interval: 'month',
  trial: false,
  ...fields,
});
const paid = {
  start: at('2026-12-01T10:20:30Z'),
  end: at('2027-01-01T10:20:30Z'),
  anchorDay: 1,
  kind: 'paid' as const,
  ofYear: false,
};

describe('periods that follow those at Stripe', () => {
  it('cut a trial at the window edge before the first paid one', () => {
    const first = month('2026-12-03T09:20:30Z', '2027-01-03T09:20:30Z');
    const { last, begun } = followStripe(trial, first, { now: first.start, fills: true });
    expect(last).toEqual({ end: at('2026-12-03T09:00:00Z'), open: false });
    expect(begun).toEqual([{ start: first.start, end: first.end, anchorDay: 3, kind: 'paid', ofYear: false }]);
  });

  it('have two begin at once where somebody signs up and pays in one second, and stay so', () => {
    const first = month('2026-11-20T10:00:00Z', '2026-12-20T10:00:00Z');
    const { last, begun } = followStripe(trial, first, { now: signup, fills: true });
    expect(last).toEqual({ end: signup + 1, open: false });
    expect(begun).toMatchObject([{ start: signup + 1, end: first.end }]);
    const again = { ...begun[0], open: true } as Parameters<typeof followStripe>[0];
    expect(followStripe(again, first, { now: signup + day, fills: true })).toEqual({ last: null, begun: [] });
  });

  it('follow an end that Stripe has moved, and cut what it has begun anew', () => {
    const open = { ...paid, open: true };
    const now = at('2026-12-10T00:00:00Z');
    const longer = month('2026-12-01T10:20:30Z', '2027-01-05T10:20:30Z');
    expect(followStripe(open, longer, { now, fills: true })).toEqual({
      last: { end: longer.end, open: true },
      begun: [],
    });
    const anew = month('2026-12-10T00:00:07Z', '2027-01-10T00:00:07Z');
    expect(followStripe(open, anew, { now, fills: true })).toMatchObject({
      last: { end: anew.start, open: false },
      begun: [{ start: anew.start }],
    });
  });

  it('leave out the time in which the subscription stood still', () => {
    const resumed = month('2027-03-01T10:20:30Z', '2027-04-01T10:20:30Z');
    const now = resumed.start + day;
    const closed = { ...paid, open: false };
    expect(followStripe(closed, resumed, { now, fills: false }).begun).toHaveLength(1);
    expect(followStripe(closed, resumed, { now, fills: true }).begun.map(({ end }) => end)).toEqual([
      at('2027-02-01T10:20:30Z'),
      at('2027-03-01T10:20:30Z'),
      resumed.end,
    ]);
  });

  it('are months inside a paid year, and the last ends with it', () => {
    const year = month('2026-12-01T10:20:30Z', '2027-11-30T10:20:30Z', { interval: 'year' });
    const { begun } = followStripe(trial, year, { now: at('2027-11-20T00:00:00Z'), fills: true });
    expect(begun).toHaveLength(12);
    expect(begun.every(({ kind, ofYear }) => kind === 'paid' && ofYear)).toBe(true);
    expect(begun.at(-1)).toMatchObject({ end: year.end });
  });

  it('are twelve months in a year that ends on a leap day', () => {
    const year = month('2031-02-28T10:20:30Z', '2032-02-29T10:20:30Z', { interval: 'year' });
    const { begun } = followStripe(trial, year, { now: at('2032-02-29T00:00:00Z'), fills: true });
    expect(begun).toHaveLength(12);
    expect(begun.at(-1)).toMatchObject({ start: at('2032-01-29T10:20:30Z'), end: year.end });
  });

  it('remember the day of a renewal that the month of their start lacks', () => {
    const february = month('2027-02-28T10:20:30Z', '2027-03-31T10:20:30Z');
    const { begun } = followStripe({ ...paid, open: true }, february, { now: february.start, fills: true });
    const last = begun.at(-1) as (typeof begun)[number];
    expect(last.anchorDay).toBe(31);
    const may = month('2027-05-31T10:20:30Z', '2027-06-30T10:20:30Z');
    const missed = followStripe({ ...last, open: true }, may, { now: may.start, fills: true });
    expect(missed.begun.map(({ end }) => end)).toEqual([at('2027-04-30T10:20:30Z'), may.start, may.end]);
  });

  it('open nothing for what is older than the last one, or free', () => {
    const old = month('2026-10-01T10:20:30Z', '2026-11-01T10:20:30Z');
    expect(followStripe({ ...paid, open: true }, old, { now: paid.start, fills: true })).toEqual({
      last: null,
      begun: [],
    });
    const free = month('2026-11-22T00:00:00Z', '2026-12-04T10:00:00Z', { trial: true });
    expect(followStripe(trial, free, { now: free.start, fills: true })).toEqual({
      last: { end: free.end, open: true },
      begun: [],
    });
    const manual = { ...firstPeriod(signup), open: true };
    expect(followStripe(manual, free, { now: free.start, fills: true })).toEqual({ last: null, begun: [] });
  });
});
