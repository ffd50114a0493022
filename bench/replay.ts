/** `npm run figures -- replay`: one report sent 1,000 times in parallel is one row and one cost. */
import { Command } from 'commander';
import { wholeNumber } from './support/options.ts';
import { replay } from './support/replay.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { reports: number; batches: number; items: number };

export async function run(args: string[]): Promise<void> {
  const command = new Command('replay')
    .description('one report, sent many times at once (RATE_LIMIT_REPORT=off), with a kill -9 of workerd in the middle')
    .option('--reports <n>', 'single reports, all at once', wholeNumber, 1_000)
    .option('--batches <n>', 'batches beside them', wholeNumber, 10)
    .option('--items <n>', 'copies in a batch', wholeNumber, 100)
    .parse(args, { from: 'user' });
  const { reports, batches, items } = command.opts<Options>();
  const result = await replay({ reports, batches, itemsPerBatch: items });
  printTable([
    ['figure', 'found', 'promised'],
    ['copies sent and accepted', result.sent, reports + batches * items],
    ['rows', result.rows, 1],
    ['cost in cents', result.total_cents, result.expected_cents],
    ['dead letters', result.dead_letters, 0],
    ['seconds until all was stored', result.seconds, ''],
  ]);
  printJson('replay', { ...result, rate_limit_report: 'off' });
  const once = result.rows === 1 && result.usage_lines_equal && result.total_cents === result.expected_cents;
  if (!once || result.dead_letters > 0) process.exitCode = 1;
}
