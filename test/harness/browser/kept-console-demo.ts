/**
 * The console's demo, played once in a run: each file of tests has a copy of its data folder, and a platform of its own on it, in which it
 * changes what it likes.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoApi } from '../../../dev/demo/api.ts';
import { madeOnce } from '../made-once.ts';
import { startPlatform } from '../platform.ts';
import type { Filling } from './chromium.ts';
import { type ConsoleDemo, consoleDemoMsMax, forConsoleDemo, playConsoleDemo } from './console-demo.ts';

const dataFolder = 'data';
const peopleFile = 'people.json';

/** By place in the cast. */
type People = Record<number, { customerId: string; company: string }>;

async function make(folder: string): Promise<void> {
  const dataDir = join(folder, dataFolder);
  mkdirSync(dataDir, { mode: 0o700 });
  const platform = await startPlatform({ env: forConsoleDemo, dataDir });
  try {
    const demo = await playConsoleDemo(platform);
    const people = demo.numbers.map((n) => [n, { customerId: demo.customerOf(n), company: demo.companyOf(n) }]);
    writeFileSync(join(folder, peopleFile), JSON.stringify(Object.fromEntries(people)));
  } finally {
    await platform.stop();
  }
  // The copies run beside each other, each at addresses of its own.
  rmSync(join(dataDir, 'ready.json'));
}

/** For `describeInBrowser`: starts on the demo. The demo is there when its tests run. */
export function keptConsoleDemo(): { env: Record<string, string>; filling: Filling; demo: () => ConsoleDemo } {
  let demo: ConsoleDemo | null = null;
  let people: People = {};
  const of = (number: number) => {
    const found = people[number];
    if (found === undefined) throw new Error(`the console's demo has no member ${number}`);
    return found;
  };
  return {
    env: forConsoleDemo,
    filling: {
      fillMsMax: consoleDemoMsMax,
      async dataDir() {
        const folder = await madeOnce('console-demo', make);
        people = JSON.parse(readFileSync(join(folder, peopleFile), 'utf8')) as People;
        const copy = mkdtempSync(join(tmpdir(), 'tenantry-platform-'));
        cpSync(join(folder, dataFolder), copy, { recursive: true });
        return copy;
      },
      async fill({ ready }) {
        demo = {
          admin: demoApi(ready, new AbortController().signal).admin,
          numbers: Object.keys(people).map(Number),
          customerOf: (number) => of(number).customerId,
          companyOf: (number) => of(number).company,
        };
      },
    },
    demo() {
      if (demo === null) throw new Error('the demo is there inside a test only');
      return demo;
    },
  };
}
