import { beforeAll, describe, expect, it } from 'vitest';
import type { Attribution, Trends } from '../../../src/contracts/organisation-billing.ts';
import { ask, makeOrganisations, type Organisations, type Problem, read } from './billing-story.ts';

let admin: Organisations['admin'];
beforeAll(async () => {
  ({ admin } = await makeOrganisations());
});

describe('trends', () => {
  it('by day add up to the overview; quantities are in the meter’s unit', async () => {
    const days = await read<Trends>(admin, '/trends?namespace=batch&meter=cpu_core_ms');
    const [series] = days.series;
    expect([days.from, days.to, series?.unit, series?.total]).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
      'core-hour',
      23.4,
    ]);
    expect(series?.points[0]).toEqual({ start: '2026-11-01T00:00:00.000Z', cost: 1.2, quantity: 24, complete: true });
    expect(series?.points).toHaveLength(20);
  });

  it('by hour from the middle of a month have the cents that the month gives them', async () => {
    const query = '/trends?from=2026-11-10T05:00:00Z&to=2026-11-10T09:00:00Z&granularity=hour&namespace=tools';
    const { series } = await read<Trends>(admin, query);
    expect(series[0]?.points.map(({ cost }) => cost)).toEqual([0.01, 0.01, 0.01, 0.01]);
    const days = '/trends?from=2026-11-09T22:00:00Z&to=2026-11-12T02:00:00Z&granularity=hour&namespace=tools';
    const [long] = (await read<Trends>(admin, days)).series;
    expect(long?.points.map(({ cost }) => cost)).toEqual(Array(52).fill(0.01));
  });

  it('by label have a series of what is unlabelled', async () => {
    const { series } = await read<Trends>(admin, '/trends?by=label:team&granularity=month');
    expect(series.map(({ key, kind, total }) => [key, kind, total])).toEqual([
      ['shop', 'label', 98.64],
      ['data', 'label', 37.44],
      ['unlabelled', 'unlabelled', 4.68],
    ]);
  });

  it('by a label that no project has are one, also where every object has something of that name', async () => {
    const { series } = await read<Trends>(admin, '/trends?by=label:constructor&granularity=month');
    expect(series.map(({ key, kind, total }) => [key, kind, total])).toEqual([['unlabelled', 'unlabelled', 140.76]]);
  });

  it('say which points lack what should have been reported', async () => {
    const { series } = await read<Trends>(admin, '/trends?namespace=idle&from=2026-11-19T00:00:00Z');
    expect(series[0]?.points.map(({ complete }) => complete)).toEqual([false, false]);
  });

  it.each([
    ['from=2027-01-01T00:00:00Z', 'from lies in the future'],
    ['from=2026-11-03T00:00:00Z&to=2026-11-02T00:00:00Z', 'to must be after from'],
    ['from=2026-10-01T00:00:00Z&granularity=hour', 'from to `to` has 1213 points, 400 at most'],
    ['from=2016-11-01T00:00:00Z', 'from to `to` has 3672 points, 400 at most: by the day that is 400 days'],
    ['from=2016-11-01T00:00:00Z&granularity=month', 'from to `to` has 121 months, 36 at most'],
    ['from=0001-01-01T00:00:00Z', 'from must not be before 2000-01-01'],
    ['by=label:Not%20a%20key', 'by must be project, meter or label:<key>'],
    ['from=yesterday', 'from must be an ISO 8601 instant'],
    ['granularity=year', 'granularity must be one of hour, day, month'],
  ])('refuse %s in words', async (query, words) => {
    const { status, body } = await ask<Problem>(admin, `/trends?${query}`);
    expect([status, JSON.stringify(body.details)]).toEqual([
      422,
      expect.stringContaining(words.split(' ').slice(1).join(' ')),
    ]);
  });

  it('refuse a meter that the list does not price, and name those that it does', async () => {
    const { status, body } = await ask<Problem>(admin, '/trends?meter=api_calls');
    expect([status, body.code]).toEqual([422, 'unknown_meter']);
    expect(body.message).toContain('cpu_core_ms, memory_mib_s');
  });
});

describe('attribution', () => {
  it('splits what is shared by what each value costs itself, to the cent', async () => {
    const data = await read<Attribution>(admin, '/attribution?by=label:team');
    expect(data).toMatchObject({
      by: 'label:team',
      shares: [
        { value: 'shop', own: 98.64, shared: 3.39, cost: 102.03, projects: ['project-name'] },
        { value: 'data', own: 37.44, shared: 1.29, cost: 38.73, projects: ['batch', 'twin'] },
      ],
      unlabelled: { cost: 0, percent: 0, projects: ['idle'] },
      shared: { cost: 4.68, rule: 'by_own_cost', projects: ['tools'], left: 0 },
    });
    const cents = data.shares.map(({ cost }) => Math.round(cost * 100)).reduce((a, b) => a + b, 0);
    expect(cents).toBe(Math.round(data.total * 100));
  });

  it.each(['nobody', 'constructor'])(
    'leaves what is shared with nobody where no project has the label %s',
    async (key) => {
      const data = await read<Attribution>(admin, `/attribution?by=label:${key}`);
      expect(data).toMatchObject({ shares: [], shared: { rule: 'nobody', cost: 4.68, left: 4.68 } });
      expect(Math.round((data.unlabelled.cost + data.shared.left) * 100)).toBe(Math.round(data.total * 100));
    },
  );
});
