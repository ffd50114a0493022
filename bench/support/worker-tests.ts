/** Figures that are the long form of tests inside workerd: vitest runs their files, with options that vitest.config.ts hands on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/**
 * Runs the files one after another; a test that fails is a failing exit code of this process.
 * @param options variables
 * @param onLine what they print is shown as it comes, unless somebody reads it
 */
export async function runWorkerTests(
  files: readonly string[],
  options: Readonly<Record<string, number>>,
  onLine?: (line: string) => void,
): Promise<void> {
  const asked = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const line = ['run', '--project', 'worker', '--maxWorkers=1', ...files];
  const child = spawn(process.execPath, [vitest, ...line], {
    cwd: root,
    env: { ...process.env, ...asked },
    stdio: ['inherit', onLine === undefined ? 'inherit' : 'pipe', 'inherit'],
  });
  if (onLine !== undefined && child.stdout !== null) {
    // Where colours are forced, a line of a test begins with the end of the one before.
    createInterface({ input: child.stdout }).on('line', (text) => onLine(stripVTControlCharacters(text)));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = (code ?? 1) || (process.exitCode ?? 0);
}
