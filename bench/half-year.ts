/**
 * `npm run figures -- half-year`: half a simulated year of many customers who buy, change, cancel and do not pay, with webhooks that
 * fail. Fails where after any day the two sides differ, drift is reported or a rule of the ledger is broken.
 */
import { Command } from 'commander';
import { liveHalfYear } from './support/life/half-year.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const EXIT_FAILED = 1;
const sayEvery = 10;
const problemsShown = 40;

export async function run(args: string[]): Promise<void> {
  const options = new Command('half-year')
    .description('days of many subscriptions, each followed by a comparison of both sides')
    .option('--customers <n>', 'how many customers', wholeNumber, 200)
    .option('--days <n>', 'how many days', wholeNumber, 182)
    .option('--seed <n>', 'of everything that is drawn', wholeNumber, 1)
    .option('--pace <n>', 'how much oftener than usual people do something', wholeNumber, 1)
    .parse(args, { from: 'user' })
    .opts<{ customers: number; days: number; seed: number; pace: number }>();
  const begun = performance.now();
  const { problems, ...lived } = await liveHalfYear(options, (day, found) => {
    if ((day + 1) % sayEvery === 0) console.log(`day ${day + 1}, ${found} problems`);
  });
  printTable([['what', 'how often'], ...Object.entries(lived.deeds)]);
  for (const problem of problems.slice(0, problemsShown)) console.log(problem);
  const seconds = Math.round((performance.now() - begun) / 1000);
  printJson('half-year', { ...lived, problems: problems.length, seconds });
  if (problems.length > 0) process.exitCode = EXIT_FAILED;
}
