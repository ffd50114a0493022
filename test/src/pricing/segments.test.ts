import { describe, expect, it } from 'vitest';
import { type OverrideRow, type PlanChange, stretchesOf } from '../../../src/pricing/segments.ts';

const at = (text: string) => Date.parse(text);
const period = { start: at('2026-11-20T12:30:00Z'), end: at('2026-12-20T12:30:00Z') };
const change = (plan: string, when: string, planVersion = '2026-11'): PlanChange => ({
  effectiveAt: at(when),
  plan,
  planVersion,
});
const row = (price: string, when: string, more: Partial<OverrideRow> = {}): OverrideRow => ({
  effectiveAt: at(when),
  allowances: {},
  prices: { cpu_core_ms: price },
  plan: 'starter',
  untilPlanChange: false,
  ...more,
});

/** `[plan, start, own price]` of each stretch. */
const stretches = (changes: PlanChange[], rows: OverrideRow[] = []) => {
  const cut = stretchesOf(period, changes, rows);
  expect(cut[0]?.start).toBe(period.start);
  expect(cut.at(-1)?.end).toBe(period.end);
  for (const [i, s] of cut.entries()) expect(s.start).toBe(cut[i - 1]?.end ?? period.start);
  return cut.map((s) => [s.plan, new Date(s.start).toISOString(), s.overrides.prices['cpu_core_ms'] ?? null]);
};
const begin = '2026-11-20T12:30:00.000Z';

describe('a period under plans that change', () => {
  it('is of one plan when the next one begins with the next period, in mid-hour too', () => {
    const changes = [change('enterprise', '2026-11-20T12:30:00Z'), change('starter', '2026-12-20T12:30:00Z')];
    expect(stretches(changes)).toEqual([['enterprise', begin, null]]);
  });

  it('is cut at the hour edge at or before a change, and never before its own start', () => {
    const changes = [
      change('starter', '2026-10-01T00:00:00Z'),
      change('professional', '2026-11-20T12:45:00Z'),
      change('enterprise', '2026-12-01T08:59:59.999Z'),
    ];
    expect(stretches(changes)).toEqual([
      ['professional', begin, null],
      ['enterprise', '2026-12-01T08:00:00.000Z', null],
    ]);
  });

  it('takes the last of several changes in one hour', () => {
    const changes = [
      change('starter', '2026-11-20T12:30:00Z'),
      change('enterprise', '2026-12-01T08:10:00Z'),
      change('professional', '2026-12-01T08:50:00Z'),
    ];
    expect(stretches(changes).map(([plan]) => plan)).toEqual(['starter', 'professional']);
  });

  it('is not cut by a change to the same version, and is by one to another version', () => {
    const changes = [change('starter', '2026-11-01T00:00:00Z'), change('starter', '2026-12-01T08:00:00Z')];
    expect(stretches(changes)).toHaveLength(1);
    expect(stretches([...changes, change('starter', '2026-12-02T08:00:00Z', '2027-01')])).toHaveLength(2);
  });
});

describe('a period under overrides', () => {
  const starter = change('starter', '2026-11-01T00:00:00Z');
  const professional = change('professional', '2026-12-01T08:10:00Z');

  it('has the newest row that has begun, alone, from its hour edge', () => {
    const rows = [
      row('0.04', '2026-11-25T00:30:00Z', { allowances: { network_bytes: '5' } }),
      row('0.03', '2026-12-10T00:00:00Z'),
    ];
    expect(stretches([starter], rows)).toEqual([
      ['starter', begin, null],
      ['starter', '2026-11-25T00:00:00.000Z', '0.04'],
      ['starter', '2026-12-10T00:00:00.000Z', '0.03'],
    ]);
    expect(stretchesOf(period, [starter], rows).at(-1)?.overrides.allowances).toEqual({});
  });

  it('is cut by no row that says the same, however it is written, nor by one of the next period', () => {
    const rows = [
      row('0.050', '2026-11-01T00:00:00Z'),
      row('0.05', '2026-12-10T00:00:00Z'),
      row('1', '2026-12-20T12:30:00Z'),
    ];
    expect(stretches([starter], rows)).toHaveLength(1);
  });

  it('keeps a row over a change of plan unless it was agreed until then', () => {
    const kept = [row('0.04', '1970-01-01T00:00:00Z')];
    expect(stretches([starter, professional], kept).map(([, , price]) => price)).toEqual(['0.04', '0.04']);
    const until = [row('0.04', '1970-01-01T00:00:00Z', { untilPlanChange: true })];
    expect(stretches([starter, professional], until).map(([, , price]) => price)).toEqual(['0.04', null]);
    expect(stretches([starter, change('starter', '2026-12-01T08:00:00Z', '2027-01')], until)).toHaveLength(2);
  });

  it('does not bring back what ended with its plan, nor begins before the plan that it is for', () => {
    const until = [row('0.04', '2026-11-01T00:00:00Z', { untilPlanChange: true })];
    const back = change('starter', '2026-12-05T00:00:00Z');
    expect(stretches([starter, professional, back], until).map(([, , price]) => price)).toEqual(['0.04', null, null]);
    const ahead = [row('0.04', '2026-11-25T00:00:00Z', { untilPlanChange: true, plan: 'professional' })];
    expect(stretches([starter, professional], ahead).map(([, , price]) => price)).toEqual([null, '0.04']);
  });
});
