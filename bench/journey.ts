/** `npm run figures -- journey`: from known use on a real control plane to the bill, line by line. */
import { Command, InvalidArgumentError } from 'commander';
import { meteringJourney } from '../test/journeys/support/metering.ts';
import { comparison } from '../test/journeys/support/metering-table.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const OFF_PERCENT_MAX = 1;
const EXIT_FAILED = 1;
/** Fewer leave no whole window before and after the batch pod's life; more are not on one page of the history. */
const windowsMin = 5;
const windowsMax = 100;

function windowCount(text: string): number {
  const windows = wholeNumber(text);
  if (windows >= windowsMin && windows <= windowsMax) return windows;
  throw new InvalidArgumentError(`must be ${windowsMin} to ${windowsMax}`);
}

export async function run(args: string[]): Promise<void> {
  const command = new Command('journey')
    .description('usage that is known, scraped by a real Prometheus, reported, stored and billed; a minute per window')
    .option('--windows <n>', 'windows of a minute, 5 to 100', windowCount, 10)
    .parse(args, { from: 'user' });
  const { windows } = command.opts<{ windows: number }>();
  const journey = await meteringJourney({ windows, log: console.log });
  if (!journey) throw new Error('needs the simulated containers of our own cluster: unset KUBECONFIG');
  console.log();
  printTable(comparison(journey));
  const { lines, cost, gaps } = journey;
  const sum = cost.lines.reduce((total, line) => total + line.amount_cents, 0);
  const whole = gaps.length === 0 && journey.windows.every(({ complete }) => complete);
  const near = lines.every(({ offPercent }) => Math.abs(offPercent) <= OFF_PERCENT_MAX);
  printJson('journey', {
    windows: journey.windows.length,
    off_percent: Object.fromEntries(lines.map(({ meter, offPercent }) => [meter, Number(offPercent.toFixed(3))])),
    gaps: gaps.length,
    total_is_sum: sum === cost.total_cents,
  });
  if (!near || !whole || sum !== cost.total_cents) process.exitCode = EXIT_FAILED;
}
