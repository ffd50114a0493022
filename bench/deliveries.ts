/** `npm run figures -- deliveries`: reports on a bad day, and that each is stored once. */
import { Command } from 'commander';
import { deliveries } from './support/intake/deliveries.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

export async function run(args: string[]): Promise<void> {
  const options = new Command('deliveries')
    .option('--reports <n>', 'different reports', wholeNumber, 100_000)
    .option('--kills <n>', 'kill -9s of workerd', wholeNumber, 20)
    .option('--seed <n>', 'the same seed makes the same plan', wholeNumber, 1)
    .parse(args, { from: 'user' })
    .opts<{ reports: number; kills: number; seed: number }>();
  console.log('rate limits are lifted for this run');
  const result = await deliveries({ ...options, log: console.log });
  printTable(Object.entries(result));
  printJson('deliveries', { seed: options.seed, ...result });
  if (result.lost + result.unexpected + result.doubled + result.wrong > 0) process.exitCode = 1;
}
