import { describe, expect, it } from 'vitest';
import { dueItems, itemsPerTick } from '../../../src/batches/batch.ts';

describe('the pace of an order for many', () => {
  const pace = { rate: 5, matched: 1000, taken: 0, createdAt: 1_000_000 };

  it('is a second’s worth at once, then so many for each second that has passed, and never more than there are', () => {
    expect(dueItems(pace, 1_000_000)).toBe(5);
    expect(dueItems(pace, 1_000_999)).toBe(5);
    expect(dueItems({ ...pace, taken: 5 }, 1_000_999)).toBe(0);
    expect(dueItems({ ...pace, taken: 5 }, 1_060_000)).toBe(300);
    expect(dueItems({ ...pace, matched: 7 }, 1_060_000)).toBe(7);
  });

  it('is bounded after a long silence, and a clock that was set back hurries nothing', () => {
    expect(dueItems({ ...pace, rate: 50, matched: 1_000_000 }, 9_000_000)).toBe(itemsPerTick);
    expect(dueItems({ ...pace, taken: 300 }, 1_000_000)).toBe(0);
    expect(dueItems(pace, 0)).toBe(5);
  });
});
