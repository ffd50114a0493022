/** `npm run figures -- provisioning`: sign-up to ready on the real control plane, and our own part of it. */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { type Course, provisioning } from './support/provisioning.ts';
import { printJson, printTable, spreadOf } from './support/report.ts';

const steps: [keyof Course, string][] = [
  ['answered', 'sign-up sent → answered'],
  ['leased', 'answered → leased'],
  ['started', "leased → helm's start"],
  ['helm', "helm's start → its end (not ours)"],
  ['observed', "helm's end → ready at the API"],
  ['total', 'sign-up sent → ready'],
];

type Options = { customers: number; concurrency: number };

export async function run(args: string[]): Promise<void> {
  const command = new Command('provisioning')
    .description('sign-up to ready on the real control plane, in milliseconds')
    .option('--customers <n>', 'how many', wholeNumber, 20)
    .option('--concurrency <n>', 'sign-ups on their way at once, and jobs at once', wholeNumber, 3)
    .parse(args, { from: 'user' });
  const { customers, concurrency } = command.opts<Options>();
  const { courses, seconds } = await provisioning({ customers, concurrency, log: console.log });
  const spreads = steps.map(([step, name]) => ({ step, name, ...spreadOf(courses.map((course) => course[step])) }));
  console.log();
  printTable([['ms', 'p50', 'p95', 'max'], ...spreads.map(({ name, p50, p95, max }) => [name, p50, p95, max])]);
  printJson('provisioning', {
    customers,
    concurrency,
    seconds: Math.round(seconds * 10) / 10,
    ms: Object.fromEntries(spreads.map(({ step, p50, p95, max }) => [step, { p50, p95, max }])),
  });
}
