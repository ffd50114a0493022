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

  it('has three neighbours of each kind at least', () => {
    for (const [kind, days] of Map.groupBy(mess, (m) => m.kind)) expect([kind, days.length >= 3]).toEqual([kind, true]);
  });
});
