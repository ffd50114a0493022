/** `npm run figures -- metering-fuzz [--days N] [--first N]`: days of random mess; none may be billed above the truth. */
import { Command } from 'commander';
import { serveDays } from '../test/metering/days.ts';
import { fuzzedDay, overMax, overMaxFlagged, worstOf } from '../test/metering/fuzz.ts';
import { reportsOf } from '../test/metering/judge.ts';
import { numbersOf } from '../test/metering/model.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const batch = 50;
const fromMs = Date.parse('2026-03-10T08:00:00Z');

/** Runs the figure; a day that is billed above the truth is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('metering-fuzz')
    .description('days of random mess with known truth, from a real Prometheus')
    .option('--days <n>', 'how many', wholeNumber, 2000)
    .option('--first <n>', 'number of the first, to repeat one', wholeNumber, 0)
    .parse(args, { from: 'user' });
  const { days, first } = command.opts<{ days: number; first: number }>();
  const found: { number: number; troubles: string; field: string; over: number; flagged: boolean }[] = [];
  for (let at = first; at < first + days; at += batch) {
    const numbers = Array.from({ length: Math.min(batch, first + days - at) }, (_, i) => at + i);
    const all = numbers.map((number) => fuzzedDay(number, fromMs, numbersOf(number + 1)));
    const served = await serveDays(all.map(({ day }) => day));
    for (const [i, one] of all.entries()) {
      const worst = worstOf(one, await reportsOf(one.day, served.prometheus.url));
      found.push({ number: at + i, troubles: one.troubles.join(' '), ...worst });
    }
    await served.stop();
    console.log(`${found.length} of ${days} days done`);
  }
  const wrong = found.filter(({ over, flagged }) => over > (flagged ? overMaxFlagged : overMax));
  const percent = (part: number): string => `${(part * 100).toFixed(3)} %`;
  printTable([
    ['day', 'troubles', 'field', 'over truth', 'flagged'],
    ...wrong.map((w) => [w.number, w.troubles, w.field, percent(w.over), String(w.flagged)]),
  ]);
  const overs = (flagged: boolean): number[] => found.filter((f) => f.flagged === flagged).map((f) => f.over);
  printJson('metering-fuzz', {
    days: found.length,
    flagged: overs(true).length,
    over_truth_max: Math.max(...overs(false)),
    over_truth_max_flagged: Math.max(...overs(true)),
    above: wrong.length,
  });
  if (wrong.length > 0) process.exitCode = 1;
}
