/**
 * `npm run figures -- demo`: how long `npm start -- --demo` takes on this machine from an empty folder, and what it makes. Fails
 * above two minutes, when there is no paid or open invoice or no statement, when nobody is in one of the states, or when the numbers of two runs differ (`--runs 2`):
 * ids are drawn, amounts are not.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { demoApi } from '../dev/demo/api.ts';
import { costAnswer } from '../src/contracts/cost.ts';
import { customerList } from '../src/contracts/customers.ts';
import { invoiceList } from '../src/contracts/invoices.ts';
import { periodList } from '../src/contracts/periods.ts';
import { statesIn, statesOfDemo } from '../test/dev/demo-states.ts';
import { startPlatform, type TestPlatform } from '../test/harness/platform.ts';
import { type Api, callApi } from './support/api.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const secondsMax = 120;
const EXIT_FAILED = 1;
const lookMs = 200;
const pageItems = 100;
const megabyte = 2 ** 20;

const read = async (api: Api, path: string): Promise<unknown> => (await callApi(api, 'GET', path)).body;

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** The total of every closed period, by company and start: what must be the same in every run of a day. */
async function totalsOf(api: Api): Promise<[string, number][]> {
  const totals: [string, number][] = [];
  for (const { customer_id, company_name } of customerList.parse(await read(api, '/api/customers?limit=100')).items) {
    const { items } = periodList.parse(await read(api, `/api/customers/${customer_id}/periods?limit=100`));
    for (const { start, state } of items) {
      if (state === 'open') continue;
      const period = encodeURIComponent(start);
      const { total_cents } = costAnswer.parse(await read(api, `/api/usage/${customer_id}/cost?period=${period}`));
      totals.push([`${company_name} ${start}`, total_cents]);
    }
  }
  return totals.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** How many invoices are in which state, and how many have a statement. */
async function invoicesOf(api: Api): Promise<Record<string, number>> {
  const counts: Record<string, number> = { paid: 0, open: 0, statements: 0 };
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (let page = 1, left = 1; left > 0; page++) {
    const { items, total } = invoiceList.parse(await read(api, `/api/invoices?limit=${pageItems}&page=${page}`));
    for (const { state, statement } of items) {
      count(state);
      if (statement) count('statements');
    }
    left = total - page * pageItems;
  }
  return counts;
}

async function completed(platform: TestPlatform): Promise<string> {
  let hasEnded = false;
  void platform.exited.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const line = platform.logs.find((text) => text.startsWith('demo complete'));
    if (line !== undefined) return line;
    if (hasEnded) throw new Error(`the platform ended: ${platform.logs.slice(-3).join('\n')}`);
    await sleep(lookMs);
  }
}

async function runOnce() {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-demo-'));
  const begun = performance.now();
  const platform = await startPlatform({ dataDir, args: ['--demo'] });
  try {
    const readySeconds = (performance.now() - begun) / 1000;
    const line = await completed(platform);
    const seconds = (performance.now() - begun) / 1000;
    const api = { url: platform.url, token: platform.ready.admin_token };
    const [totals, invoices] = [await totalsOf(api), await invoicesOf(api)];
    const states = await statesIn(demoApi(platform.ready, new AbortController().signal).admin);
    return { line, readySeconds, seconds, megabytes: bytesUnder(dataDir) / megabyte, totals, invoices, states };
  } finally {
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function run(args: string[]): Promise<void> {
  const { runs } = new Command('demo')
    .description('from an empty folder to thirteen months of thirty customers')
    .option('--runs <n>', 'how often', wholeNumber, 1)
    .parse(args, { from: 'user' })
    .opts<{ runs: number }>();
  const made: Awaited<ReturnType<typeof runOnce>>[] = [];
  for (let n = 0; n < runs; n++) made.push(await runOnce());
  for (const { line } of made) console.log(line);
  const tenths = (number: number): number => Math.round(number * 10) / 10;
  printTable([
    ['', 'seconds to ready', 'seconds in all', 'MB', 'closed periods', 'their total, $', 'invoices'],
    ...made.map(({ readySeconds, seconds, megabytes, totals, invoices }, n) => [
      `run ${n + 1}`,
      tenths(readySeconds),
      tenths(seconds),
      tenths(megabytes),
      totals.length,
      totals.reduce((sum, [, cents]) => sum + cents, 0) / 100,
      JSON.stringify(invoices),
    ]),
  ]);
  const same = made.every(({ totals }) => JSON.stringify(totals) === JSON.stringify(made[0]?.totals));
  const slowest = Math.max(...made.map(({ seconds }) => seconds));
  const lacks = made.some(({ invoices }) => Object.values(invoices).some((count) => count === 0));
  const hasAll = made.every(({ states }) => isDeepStrictEqual(states, statesOfDemo));
  const { totals = [], invoices = {}, states } = made[0] ?? {};
  printJson('demo', { runs, seconds: tenths(slowest), same, periods: totals.length, invoices, states });
  if (!same || lacks || !hasAll || slowest > secondsMax) process.exitCode = EXIT_FAILED;
}
