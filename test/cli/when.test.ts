import { describe, expect, it } from 'vitest';
import { instantFrom } from '../../cli/when.ts';

const now = Date.parse('2026-11-21T10:00:00.000Z');

describe('an instant as people write it', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:30:00Z', '2026-11-01T10:30:00.000Z'],
    ['2026-11-01T10:30:00.250Z', '2026-11-01T10:30:00.250Z'],
    ['2026-11-01T10:30:00+01:00', '2026-11-01T09:30:00.000Z'],
    ['2026-11-01T10:30', '2026-11-01T10:30:00.000Z'],
    ['2026-11-01T10:30:15', '2026-11-01T10:30:15.000Z'],
    ['now', '2026-11-21T10:00:00.000Z'],
    ['90m', '2026-11-21T08:30:00.000Z'],
    ['12h', '2026-11-20T22:00:00.000Z'],
    ['7d', '2026-11-14T10:00:00.000Z'],
    ['2w', '2026-11-07T10:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantFrom(text, now, 'ago')).toEqual({ ok: true, value: instant });
  });

  it('7d is in seven days where what comes is asked for', () => {
    expect(instantFrom('7d', now, 'ahead')).toEqual({ ok: true, value: '2026-11-28T10:00:00.000Z' });
  });

  it.each([
    ...[
      '',
      'yesterday',
      '2026-13-01',
      '2026-02-30',
      '2026-02-30T10:00',
      '2026-02-30T10:00:00Z',
      '01.11.2026',
      '7',
      '-7d',
    ],
    ...['7y', '1e3d', '2026-11-01 10:00', '999999d', '2026-11-01T25:00'],
  ])('%j is none', (text) => {
    expect(instantFrom(text, now, 'ago').ok).toBe(false);
  });
});
