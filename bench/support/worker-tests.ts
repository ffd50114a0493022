/** Figures that are the long form of tests inside workerd: vitest runs their files, with options that vitest.config.ts hands on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs the files one after another; a test that fails is a failing exit code of this process. @param options variables */
export async function runWorkerTests(
  files: readonly string[],
  options: Readonly<Record<string, number>>,
): Promise<void> {
  const asked = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const line = ['run', '--project', 'worker', '--maxWorkers=1', ...files];
  const child = spawn(process.execPath, [vitest, ...line], {
    cwd: root,
    env: { ...process.env, ...asked },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
