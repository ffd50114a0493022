import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { serveDays } from './days.ts';
import { fuzzedDay, overMax, overMaxFlagged, worstOf } from './fuzz.ts';
import { reportsOf } from './judge.ts';
import { numbersOf } from './model.ts';

// `npm run figures -- metering-fuzz --days N` runs as many as there is time for.
const days = 50;
const fromMs = Date.parse('2026-03-10T08:00:00Z');

describeWithTools(['prometheus', 'promtool'], 'random mess', () => {
  it('is never billed above the truth by more than 0.1 %, nor by more than 2 % with a flag', {
    timeout: 300_000,
  }, async () => {
    const all = Array.from({ length: days }, (_, i) => fuzzedDay(i, fromMs, numbersOf(4000 + i)));
    const served = await serveDays(all.map(({ day }) => day));
    const faults: string[] = [];
    for (const one of all) {
      const { field, over, flagged } = worstOf(one, await reportsOf(one.day, served.prometheus.url));
      if (over > (flagged ? overMaxFlagged : overMax))
        faults.push(`${one.day.shape} ${one.troubles}: ${field} +${over}`);
    }
    await served.stop();
    expect(faults).toEqual([]);
  });
});
