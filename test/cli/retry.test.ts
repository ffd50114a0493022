import { describe, expect, it } from 'vitest';
import { attemptsMax, delayBefore, isNotNow, retryAfterMs, retryAfterMsMax } from '../../cli/retry.ts';

describe('when a call is made again', () => {
  it.each([
    { attempt: 1, asked: null, fraction: 0, delay: 150 },
    { attempt: 1, asked: null, fraction: 0.999, delay: 300 },
    { attempt: 2, asked: null, fraction: 0, delay: 375 },
    { attempt: 3, asked: null, fraction: 0, delay: 938 },
    { attempt: 1, asked: 2000, fraction: 0, delay: 2000 },
    { attempt: 3, asked: 0, fraction: 0, delay: 938 },
    { attempt: 1, asked: retryAfterMsMax, fraction: 0, delay: retryAfterMsMax },
    { attempt: 1, asked: retryAfterMsMax + 1, fraction: 0, delay: null },
    { attempt: attemptsMax, asked: null, fraction: 0, delay: null },
    { attempt: attemptsMax, asked: 1, fraction: 0, delay: null },
  ])('attempt $attempt, asked $asked: $delay', ({ attempt, asked, fraction, delay }) => {
    expect(delayBefore(attempt, asked, fraction)).toBe(delay);
  });

  it.each([
    [200, '', false],
    [404, 'not_found', false],
    [409, 'email_exists', false],
    [409, 'idempotency_conflict', false],
    [409, 'idempotency_in_progress', true],
    [429, 'rate_limited', true],
    [500, 'internal', false],
    [502, 'http_502', true],
    [503, 'unavailable', true],
    [504, 'http_504', true],
  ])('%s %s: %s', (status, code, again) => {
    expect(isNotNow(status, code)).toBe(again);
  });

  it('reads Retry-After as seconds or a date, and takes nothing else', () => {
    const now = Date.parse('2026-11-21T10:00:00Z');
    expect(retryAfterMs('5', now)).toBe(5000);
    expect(retryAfterMs('Sat, 21 Nov 2026 10:00:07 GMT', now)).toBe(7000);
    expect(retryAfterMs('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBe(null);
    expect(retryAfterMs(null, now)).toBe(null);
  });
});
