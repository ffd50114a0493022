/** `npm run figures -- kernel-truth`: a busy stack on a real node, each minute of its usage beside what the kernel counted. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { startNode } from '../test/harness/node.ts';
import {
  type Compared,
  type ComparedRun,
  faultsOf,
  faultsOfRun,
  lineOf,
  lineOfRun,
} from '../test/node/kernel-judge.ts';
import { beginLoad, compareRun, compareWindow } from '../test/node/kernel-truth.ts';
import { install, makeNamespaces } from '../test/node/stack.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

/** The load outlives the last window by this much. */
const spareSeconds = 600;

/** A window or the run of them that is not as promised, or none that was whole, is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('kernel-truth')
    .description(
      'a busy stack on a real node (npm run cluster -- check says what it needs), its usage beside the kernel’s',
    )
    .option('--minutes <n>', 'windows of a minute', wholeNumber, 60)
    .parse(args, { from: 'user' });
  const { minutes } = command.opts<{ minutes: number }>();
  const billing = createServer((_, answer) => answer.end('the billing API'));
  await new Promise<void>((listening) => billing.listen(0, '127.0.0.1', listening));
  const { port } = billing.address() as AddressInfo;
  try {
    console.log('the node starts');
    const node = await startNode(port);
    try {
      await makeNamespaces(node);
      console.log('the stack starts');
      await install(node, port);
      const load = await beginLoad(node, minutes * 60 + spareSeconds);
      const windows: Compared[] = [];
      let whole: ComparedRun | null = null;
      try {
        for (let n = 0; n < minutes; n++) {
          const compared = await compareWindow(node, load, n);
          windows.push(compared);
          console.log(`${n + 1} of ${minutes}  ${lineOf(compared)}`);
        }
        whole = compareRun(load, windows);
      } finally {
        load.end();
      }
      show(windows, whole);
    } finally {
      await node.stop();
    }
  } finally {
    billing.closeAllConnections();
    billing.close();
  }
}

/** @param run the longest of whole windows, at its edges */
function show(windows: readonly Compared[], run: ComparedRun | null): void {
  const whole = windows.filter(({ gaps }) => gaps === null);
  const faults = [
    ...windows.flatMap((one) => faultsOf(one).map((fault) => `${new Date(one.startMs).toISOString()} ${fault}`)),
    ...(run === null ? [] : faultsOfRun(run).map((fault) => `the run ${fault}`)),
  ];
  const fields = whole[0]?.meters.map(({ field }) => field) ?? [];
  const ofFields = fields.map((field) => {
    const all = whole.flatMap(({ meters }) => meters.filter((meter) => meter.field === field));
    const sum = (of: 'metered' | 'least' | 'most'): number => all.reduce((total, meter) => total + meter[of], 0);
    return {
      field,
      metered: sum('metered'),
      least: sum('least'),
      most: sum('most'),
      worst_above: Math.max(...all.map(({ metered, most }) => metered / most - 1)),
      worst_below: Math.min(...all.map(({ metered, least }) => metered / least - 1)),
    };
  });
  console.log();
  printTable([
    ['meter', 'metered', 'the kernel, at least', 'at most', 'window furthest above that', 'below the least'],
    ...ofFields.map((one) => [
      one.field === 'cpu_hours' ? 'CPU seconds' : one.field,
      ...[one.metered, one.least, one.most].map((amount) => amount.toFixed(one.field === 'cpu_hours' ? 4 : 0)),
      ...[one.worst_above, one.worst_below].map((part) => `${(part * 100).toFixed(3)} %`),
    ]),
  ]);
  console.log(`${whole.length} of ${windows.length} windows whole`);
  if (run !== null) console.log(lineOfRun(run));
  for (const fault of faults) console.log(`NOT AS PROMISED: ${fault}`);
  printJson('kernel-truth', { windows: windows.length, whole: whole.length, meters: ofFields, run, faults });
  if (faults.length > 0 || whole.length === 0) process.exitCode = 1;
}
