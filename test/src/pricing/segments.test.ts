import { describe, expect, it } from 'vitest';
import { stretchesOf } from '../../../src/pricing/segments.ts';

const at = (text: string) => Date.parse(text);
const period = { start: at('2026-11-20T12:30:00Z'), end: at('2026-12-20T12:30:00Z') };
const change = (plan: string, when: string) => ({ effectiveAt: at(when), plan, planVersion: '2026-11' });
const stretches = (...changes: ReturnType<typeof change>[]) =>
  stretchesOf(period, changes).map((s) => [
    s.change.plan,
    new Date(s.start).toISOString(),
    new Date(s.end).toISOString(),
  ]);

describe('a period under plans that change', () => {
  it('is of one plan when the next one begins with the next period, in mid-hour too', () => {
    expect(stretches(change('enterprise', '2026-11-20T12:30:00Z'), change('starter', '2026-12-20T12:30:00Z'))).toEqual([
      ['enterprise', '2026-11-20T12:30:00.000Z', '2026-12-20T12:30:00.000Z'],
    ]);
  });

  it('is cut at the hour edge at or before a change, and never before its own start', () => {
    const changes = [
      change('starter', '2026-10-01T00:00:00Z'),
      change('professional', '2026-11-20T12:45:00Z'),
      change('enterprise', '2026-12-01T08:59:59.999Z'),
    ];
    expect(stretches(...changes)).toEqual([
      ['professional', '2026-11-20T12:30:00.000Z', '2026-12-01T08:00:00.000Z'],
      ['enterprise', '2026-12-01T08:00:00.000Z', '2026-12-20T12:30:00.000Z'],
    ]);
  });

  it('takes the last of several changes in one hour', () => {
    const changes = [
      change('starter', '2026-11-20T12:30:00Z'),
      change('enterprise', '2026-12-01T08:10:00Z'),
      change('professional', '2026-12-01T08:50:00Z'),
    ];
    expect(stretches(...changes).map(([plan]) => plan)).toEqual(['starter', 'professional']);
  });
});
