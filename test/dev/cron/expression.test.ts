import { describe, expect, it } from 'vitest';
import { isDue } from '../../../dev/cron/expression.ts';

describe('a cron expression', () => {
  const sunday = '2026-11-22T03:30:00Z';
  it.each([
    ['* * * * *', sunday, true],
    ['30 3 * * *', sunday, true],
    ['31 3 * * *', sunday, false],
    ['*/15 * * * *', sunday, true],
    ['*/20 * * * *', sunday, false],
    ['0-40/10 1,3 * * *', sunday, true],
    ['30 3 22 11 *', sunday, true],
    ['30 3 * * 1', sunday, true],
    ['30 3 * * 2-6', sunday, false],
  ])('%s at %s: %s', (cron, at, due) => {
    expect(isDue(cron, new Date(at))).toBe(due);
  });

  it('that is not understood is refused, not ignored', () => {
    for (const cron of ['@daily', '* * * *', 'x * * * *']) expect(() => isDue(cron, new Date())).toThrow(RangeError);
  });
});
