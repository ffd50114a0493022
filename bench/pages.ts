/**
 * `npm run figures -- pages`: every page of the app's own list on the whole demo, as those for whom it is. Whether each shows the
 * numbers that the API gives at that moment, what axe finds on it, what is cut at 1,200 and 375 px, and what it complains of.
 */
import { Command } from 'commander';
import { chromium } from 'playwright-core';
import { addressesOf, deedsOfPages } from '../test/harness/browser/button-matrix.ts';
import { chromiumArguments } from '../test/harness/browser/complaints.ts';
import { builtPages } from '../test/harness/pages.ts';
import { toolPath } from '../test/harness/tools.ts';
import { isFor } from '../ui/src/page.ts';
import { demoPlatform, idsOf, sessionsOf } from './support/pages/demo.ts';
import { faultsOf } from './support/pages/judge.ts';
import { lookAt } from './support/pages/look.ts';
import { printJson, printTable } from './support/report.ts';

const kinds = ['admin', 'account', 'person'] as const;

interface Options {
  folder?: string;
  short?: boolean;
  only: string;
}

/** Pages with those who look at them: of an organisation's staff sees the first, the rest is the same. */
const visited = async (only: string) =>
  (await deedsOfPages()).flatMap(({ page }) =>
    kinds
      .filter((kind) => isFor(page, kind) && page.path !== '/console' && new RegExp(only).test(page.path))
      .filter((kind) => page.audience === kind || page.path === '/organisation')
      .map((kind) => ({ kind, page })),
  );

export async function run(args: string[]): Promise<void> {
  const command = new Command('pages')
    .description('every page on the whole demo: its numbers, axe, what is cut, what it complains of')
    .option('--folder <path>', 'of a platform that has the demo already: `DATA_DIR=… npm start -- --demo`, ended')
    .option('--short', 'some weeks of some of its customers instead of the whole')
    .option('--only <regexp>', 'pages whose path it finds', '')
    .parse(args, { from: 'user' });
  const { only, ...demo } = command.opts<Options>();
  await builtPages();
  const platform = await demoPlatform(demo);
  const rows: (string | number)[][] = [];
  /** Pages whose answers had nothing that could be looked for; a fault, but of those that judge.ts lets off. */
  const unjudged: string[] = [];
  let faulty = 0;
  try {
    const browser = await chromium.launch({ executablePath: toolPath('chromium'), args: [...chromiumArguments] });
    try {
      const ids = await idsOf(platform);
      const before = sessionsOf(platform, ids);
      for (const { kind, page } of await visited(only)) {
        const addresses = filled(() => addressesOf(page, ids, kind));
        const sight = await lookAt(browser, platform, addresses, before[kind]);
        const faults = addresses.length === 0 ? ['the demo has nothing that it shows'] : faultsOf(page.path, sight);
        rows.push([page.path, kind, sight.addresses, `${sight.numbers.shown} of ${sight.numbers.of}`, faults.length]);
        if (sight.numbers.of === 0) unjudged.push(`${page.path}, of ${kind}`);
        console.log(`${page.path}, of ${kind}: ${faults.length} faults`);
        for (const fault of faults) console.log(`  ${fault}`);
        faulty += faults.length;
      }
    } finally {
      await browser.close();
    }
  } finally {
    await platform.stop();
  }
  printTable([['page', 'of', 'addresses', 'numbers shown', 'faults'], ...rows]);
  console.log(`without a number to look for: ${unjudged.join('; ') || 'none'}`);
  printJson('pages', {
    pages: rows.length,
    unjudged,
    addresses: rows.reduce((sum, [, , n]) => sum + Number(n), 0),
    faults: faulty,
  });
  if (faulty > 0) process.exitCode = 1;
}

/** None where nothing stands for a page's id. */
function filled(addresses: () => string[]): string[] {
  try {
    return addresses();
  } catch {
    return [];
  }
}
