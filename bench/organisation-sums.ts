/**
 * `npm run figures -- organisation-sums`: random months of organisations, read in every way and beside exact fractions: how
 * many amounts differ by a cent. The long form of test/src/organisations/sums.test.ts, which runs inside workerd with real D1.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs the figure; an amount that differs is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('organisation-sums')
    .description(
      'random months of organisations: breakdown = total, projects = summary, trends = overview, all to the cent',
    )
    .option('--months <n>', 'how many', wholeNumber, 2_000)
    .option('--first <n>', 'seed of the first, to repeat one', wholeNumber, 1)
    .parse(args, { from: 'user' });
  const { months, first } = command.opts<{ months: number; first: number }>();
  const test = ['run', '--project', 'worker', 'test/src/organisations/sums.test.ts'];
  const env = { ...process.env, ORGANISATION_MONTHS: String(months), ORGANISATION_FIRST: String(first) };
  const child = spawn(process.execPath, [vitest, ...test], { cwd: root, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
