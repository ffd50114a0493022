/**
 * The embedded platform as a child process, for tests that need the whole of it: free ports, a data folder of its own,
 * ended with the test. Tests talk to it over HTTP only, as anyone would.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tiedToUs } from '../../dev/processes/lifetime.ts';
import { type ReadyLine, readyLine } from '../../src/contracts/ready.ts';

const root = join(import.meta.dirname, '../..');
/** Far above what either takes on a machine that does eight other things: only a platform that hangs is this slow. */
const READY_TIMEOUT_MS = 100_000;
const STOP_TIMEOUT_MS = 60_000;
/** What a program needs from the tester's machine; everything else of its environment stays out of the test. */
const PASSED = ['PATH', 'HOME', 'TMPDIR', 'TOOLS', 'LANG'];

export type PlatformOptions = {
  /**
   * Environment beyond the defaults (PORT=0, a temporary DATA_DIR, no exporters: they would report usage of their own
   * when a test crosses an hour edge; no instance; no pages are built); rate limits keep their defaults.
   */
  env?: Record<string, string>;
  /** A folder of the caller's, kept when the platform stops; without it a temporary one, removed by `stop`. */
  dataDir?: string;
  fresh?: boolean;
  /** Arguments beyond that. */
  args?: string[];
};

export type TestPlatform = {
  ready: ReadyLine;
  url: string;
  dataDir: string;
  pid: number;
  /** Everything it has written so far, stdout and stderr, line by line. */
  logs: string[];
  /** Resolves with its exit code when it ends by itself or is ended. */
  exited: Promise<number | null>;
  /** Ends it in order and waits. Idempotent. Returns its exit code. */
  stop: () => Promise<number | null>;
  /** Ends it with SIGKILL, as a power cut would, and waits; the data folder stays. */
  kill9: () => Promise<void>;
};

class PlatformDidNotStart extends Error {
  override name = 'PlatformDidNotStart';
}

function launch(env: Record<string, string>, args: string[], logs: string[]) {
  const inherited = PASSED.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  const [command, rest] = tiedToUs(join(root, 'node_modules/.bin/node'), [join(root, 'dev/start.ts'), ...args]);
  const child = spawn(command, rest, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', (line) => logs.push(line));
  const lines = createInterface({ input: child.stdout }).on('line', (line) => logs.push(line));
  return { child, lines };
}

function waitForReady(
  child: ChildProcess,
  lines: ReturnType<typeof createInterface>,
  logs: string[],
): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new PlatformDidNotStart(`${why}\n${logs.join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`the platform was not ready within ${READY_TIMEOUT_MS} ms`);
    }, READY_TIMEOUT_MS);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`the platform ended with ${code}`);
    });
    lines.on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      clearTimeout(timer);
      resolve(readyLine.parse(JSON.parse(line.slice('ready '.length))));
    });
  });
}

/**
 * Starts the platform and waits for its ready line. Rejects with PlatformDidNotStart, which has all that it wrote. A free port is chosen some
 * seconds before workerd listens to it; where somebody else has it by then, as may be beside other tests, it is started once more.
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<TestPlatform> {
  try {
    return await startOnce(options);
  } catch (error) {
    const isLost = options.env?.['PORT'] === undefined && String(error).includes('ERR_ADDRESS_IN_USE');
    if (!isLost) throw error;
    return await startOnce(options);
  }
}

async function startOnce(options: PlatformOptions): Promise<TestPlatform> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tenantry-platform-'));
  const forget = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const logs: string[] = [];
  const env = { PORT: '0', DATA_DIR: dataDir, EXPORTERS: '0', INSTANCE: 'off', PAGES: 'off', ...options.env };
  const { child, lines } = launch(env, [...(options.fresh ? ['--fresh'] : []), ...(options.args ?? [])], logs);
  const exited = once(child, 'close') as Promise<[number | null]>;
  let ready: ReadyLine;
  try {
    ready = await waitForReady(child, lines, logs);
  } catch (error) {
    forget();
    throw error;
  }
  return {
    ready,
    url: ready.url,
    dataDir,
    pid: child.pid ?? 0,
    logs,
    exited: exited.then(([code]) => code),
    async stop() {
      const firmly = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      child.kill('SIGTERM');
      const [code] = await exited;
      clearTimeout(firmly);
      forget();
      return code;
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
