/** When the pages are built: a changed source makes them stale, and a platform that builds them is ready before. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alone, arePagesBuilt } from '../../../dev/pages/build.ts';
import { sourceHash } from '../../../dev/pages/source-hash.ts';
import { builtPages } from '../../harness/pages.ts';
import { startPlatform, type TestPlatform } from '../../harness/platform.ts';

const project = join(import.meta.dirname, '../../..');
/** Far above what a build takes beside whatever else runs. */
const buildMsMax = 300_000;
/** And three of them, with two starts. */
const msMax = 1_000_000;

/** Of the check of a bill, which the browser runs. */
const ofTheCheck = [
  'src/invoices/lines.ts',
  'src/periods/period.ts',
  'src/pricing/rate.ts',
  'src/statements/verify.ts',
  'src/usage/meters.ts',
];

describe('whether the pages are built', () => {
  let root: string;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tenantry-pages-'));
    for (const file of [
      'ui/index.html',
      'ui/src/main.tsx',
      'src/contracts/route.ts',
      'src/lib/time.ts',
      ...ofTheCheck,
    ]) {
      write(file, '1');
    }
    write('ui/dist/index.html', 'built');
    write('ui/dist/.source', sourceHash(root));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('as long as the sources are what they were, whatever else changes', () => {
    expect(arePagesBuilt(root)).toBe(true);
    for (const file of ['ui/src/main.tsx', 'ui/dist/index.html', 'ui/node_modules/vite/index.js', 'src/index.ts'])
      write(file, '1');
    expect(arePagesBuilt(root)).toBe(true);
  });

  it.each([
    'ui/index.html',
    'ui/src/main.tsx',
    'ui/public/new.svg',
    'src/contracts/route.ts',
    'src/lib/time.ts',
    ...ofTheCheck,
  ])('not after a change of %s', (file) => {
    write(file, '2');
    expect(arePagesBuilt(root)).toBe(false);
  });

  it('not without the page that leads to the others', () => {
    rmSync(join(root, 'ui/dist/index.html'));
    expect(arePagesBuilt(root)).toBe(false);
  });
});

describe('a platform that builds the pages', () => {
  let platform: TestPlatform | undefined;
  afterEach(async () => {
    await platform?.stop();
    // Whatever failed: who needs the pages next finds them built.
    await builtPages();
  });

  it(
    'is ready before they are there',
    async () => {
      await builtPages();
      // Its build can begin only when this is over.
      await alone(new AbortController().signal, async () => {
        rmSync(join(project, 'ui/dist/.source'));
        platform = await startPlatform({ env: { PAGES: 'build' } });
        expect(arePagesBuilt()).toBe(false);
        expect((await fetch(`${platform.url}/health`)).status).toBe(200);
      });
      const isBuilt = () => platform?.logs.some((line) => line.includes('pages | built in'));
      await vi.waitUntil(isBuilt, { timeout: buildMsMax, interval: 100 });
      expect(arePagesBuilt()).toBe(true);
    },
    msMax,
  );
});
