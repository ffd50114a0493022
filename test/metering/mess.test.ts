import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { type ServedDays, serveDays } from './days.ts';
import { reportsOf } from './judge.ts';
import { messOf } from './mess.ts';
import { faultsOf } from './mess-judge.ts';
import { numbersOf } from './model.ts';

const mess = messOf({ fromMs: Date.parse('2026-03-10T08:00:00Z'), random: numbersOf(11) });

describeWithTools(['prometheus', 'promtool'], 'the mess of the real world, with known truth', () => {
  let served: ServedDays;
  beforeAll(async () => {
    served = await serveDays(mess.map(({ day }) => day));
  });
  afterAll(async () => {
    await served.stop();
  });

  it.each(mess.map((one) => [one.day.shape, one] as const))('%s', async (_, one) => {
    expect(faultsOf(one, await reportsOf(one.day, served.prometheus.url))).toEqual([]);
  });
});

const document = readFileSync(new URL('../../docs/metering.md', import.meta.url), 'utf8');

it('is of every kind of docs/metering.md but refusals, at least three neighbours of each, as they stand there', () => {
  const rows = [...document.matchAll(/^\| (C\d+) .*$/gm)].filter(([, kind]) => kind !== 'C14');
  const kinds = Map.groupBy(mess, (m) => m.kind);
  expect([...kinds.keys()]).toEqual(rows.map(([, kind]) => kind));
  expect(rows).toHaveLength(14);
  for (const [row, kind = ''] of rows) {
    const names = (kinds.get(kind) ?? []).map(({ day }) => day.shape.replace(`${kind} `, ''));
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect([...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(names);
  }
});
