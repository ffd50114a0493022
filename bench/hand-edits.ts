/** `npm run figures -- hand-edits`: seeded hand edits, each followed by a suspension and a resumption: how many get stuck. */
import { Command } from 'commander';
import { handEditRuns } from './support/hand-edits.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable, spreadOf } from './support/report.ts';

type Options = { edits: number; customers: number; seed: number };

export async function run(args: string[]): Promise<void> {
  const command = new Command('hand-edits')
    .description('hand edits of eight kinds behind the release’s back, on the real control plane')
    .option('--edits <n>', 'how many', wholeNumber, 40)
    .option('--customers <n>', 'stacks that they are spread over, and jobs at once', wholeNumber, 4)
    .option('--seed <n>', 'of the order', wholeNumber, 20261126)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const runs = await handEditRuns({ ...options, log: console.log });
  const kinds = [...new Set(runs.map(({ what }) => what))].sort();
  const stuck = runs.filter(({ problem }) => problem !== null);
  printTable([
    ['edit', 'times', 'stuck'],
    ...kinds.map((kind) => [
      kind,
      runs.filter(({ what }) => what === kind).length,
      stuck.filter(({ what }) => what === kind).length,
    ]),
  ]);
  for (const { what, problem } of stuck) console.log(`${what}: ${problem}`);
  printJson('hand-edits', {
    ...options,
    kinds: kinds.length,
    stuck: stuck.length,
    ms: {
      suspend: spreadOf(runs.map(({ suspendMs }) => suspendMs)),
      resume: spreadOf(runs.map(({ resumeMs }) => resumeMs)),
    },
  });
  if (stuck.length > 0) process.exitCode = 1;
}
