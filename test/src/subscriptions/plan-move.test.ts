import { describe, expect, it } from 'vitest';
import { effectiveOf, keptTrialEnd, type PaidPlan, previewStands } from '../../../src/subscriptions/plan-move.ts';
import { mayReturnTo } from '../../../src/subscriptions/return-address.ts';

const starter: PaidPlan = { plan: 'starter', order: 1, list: 'infrastructure', interval: 'month' };
const pro: PaidPlan = { ...starter, plan: 'professional', order: 2 };
const byYear = (plan: PaidPlan): PaidPlan => ({ ...plan, interval: 'year' });

describe('a change of plan', () => {
  it('comes at once where it is higher or longer, with the period where it is lower, shorter or of another price list', () => {
    expect(effectiveOf(starter, pro)).toBe('now');
    expect(effectiveOf(pro, starter)).toBe('period_end');
    expect(effectiveOf(starter, { ...pro, list: 'application' })).toBe('period_end');
    expect(effectiveOf(starter, byYear(starter))).toBe('now');
    expect(effectiveOf(byYear(starter), starter)).toBe('period_end');
    expect(effectiveOf(byYear(starter), pro)).toBe('period_end');
    expect(effectiveOf(byYear(starter), byYear(pro))).toBe('now');
    expect(effectiveOf(pro, byYear(starter))).toBe('period_end');
    expect(effectiveOf(starter, starter)).toBeNull();
  });

  it('costs what its preview says for 15 minutes, inside one period', () => {
    const at = Date.parse('2026-12-01T10:00:00Z');
    const minute = 60_000;
    expect(previewStands(at, { start: at, now: at })).toBe(true);
    expect(previewStands(at, { start: at, now: at + 15 * minute - 1 })).toBe(true);
    expect(previewStands(at, { start: at, now: at + 15 * minute })).toBe(false);
    expect(previewStands(at, { start: at + 1, now: at + minute })).toBe(false);
    expect(previewStands(at + 1, { start: at, now: at })).toBe(false);
  });
});

describe('the free days of a checkout', () => {
  it('are kept where 48 hours of whole seconds are left', () => {
    const now = Date.parse('2026-12-01T10:00:00.000Z');
    const hours = 48 * 3_600_000;
    expect(keptTrialEnd(now + hours, now)).toBe(now + hours);
    expect(keptTrialEnd(now + hours + 999, now)).toBe(now + hours);
    expect(keptTrialEnd(now + hours - 1, now)).toBeNull();
    // Stripe's clock may be in the next second already.
    expect(keptTrialEnd(now + hours, now + 1)).toBeNull();
    expect(keptTrialEnd(null, now)).toBeNull();
  });
});

describe('where Stripe’s pages may lead back to', () => {
  const origins = ['https://app.example.com', 'http://127.0.0.1:8787'];

  it.each([
    'https://app.example.com/',
    'https://app.example.com',
    'https://app.example.com/done?session={CHECKOUT_SESSION_ID}#plan',
    'https://APP.example.com/done',
    'http://127.0.0.1:8787/plan',
  ])('is %s', (url) => expect(mayReturnTo(url, origins)).toBe(true));

  it.each([
    'http://app.example.com/',
    'https://app.example.com:444/',
    'https://app.example.com.evil.test/',
    'https://app.example.com@evil.test/',
    'https://user@app.example.com/',
    'https:\\\\app.example.com\\@evil.test',
    'https://evil.test/?https://app.example.com/',
    '//app.example.com/',
    '/done',
    'javascript:alert(1)//https://app.example.com',
    'https://app.example.com/\n',
    ' https://app.example.com/',
    '',
  ])('is not %j', (url) => expect(mayReturnTo(url, origins)).toBe(false));
});
