/** `npm run figures -- chaos`: the figure of kills at seeded points on the real control plane. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { chaos } from './support/chaos.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { customers: number; kills: number; seed: number; jobTimeout: number; settle: number; logs?: string };

export async function run(args: string[]): Promise<void> {
  const command = new Command('chaos')
    .description('kill -9 at seeded points while customers sign up, then what is left')
    .option('--customers <n>', 'how many sign up (at most 100)', wholeNumber, 20)
    .option('--kills <n>', 'over platform, workerd, provisioner and helm in equal parts', wholeNumber, 30)
    .option('--seed <n>', 'which moments', wholeNumber, 1)
    .option('--job-timeout <ms>', 'JOB_TIMEOUT_MS of the run', wholeNumber, 30_000)
    .option('--settle <seconds>', 'how long to wait after the last kill', wholeNumber, 900)
    .option('--logs <file>', "keep the platform's own lines there")
    .parse(args, { from: 'user' });
  const { customers, kills, seed, jobTimeout, settle, logs } = command.opts<Options>();
  const startedMs = Date.now();
  const log = (line: string) => console.log(`${Math.round((Date.now() - startedMs) / 1000)} s  ${line}`);
  const { logs: lines, ...result } = await chaos({
    customers,
    kills,
    seed,
    jobTimeoutMs: jobTimeout,
    settleMs: settle * 1000,
    log,
  });
  if (logs !== undefined) writeFileSync(logs, `${lines.join('\n')}\n`);
  console.log();
  printTable([
    ['figure', 'found', 'promised'],
    ['customers ready', result.ready, customers],
    ['releases left pending', result.pending_releases, 0],
    ['releases deployed', result.deployed_releases, customers],
    ['Stripe customers', result.stripe_customers, customers],
    ['… linked each to its own', result.stripe_linked, customers],
    ['generated Secrets changed', result.secrets_changed, 0],
    ['generated Secrets seen', result.secrets_seen, 2 * customers],
    ['reporter keys that the API takes', result.keys_taken, customers],
    ['overlapping helm runs', result.helm_overlaps, 0],
    ['helm runs', result.helm_runs, ''],
    ['platform starts that failed', result.failed_starts, 0],
    ['seconds from the last kill to the end', result.settle_seconds, ''],
  ]);
  for (const broken of result.broken) console.log(`BROKEN: ${broken}`);
  printJson('chaos', { seed, job_timeout_ms: jobTimeout, ...result });
  if (result.broken.length > 0) process.exitCode = 1;
}
