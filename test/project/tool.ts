/** Runs a real tool on the tree, as a person would at the root of the project, and keeps all that it says. */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Far above what any of them takes on a slow machine; a tool that asks a question would wait for ever. */
const toolTimeoutMs = 280_000;

export interface ToolRun {
  /** Exit code; null when a signal ended it. */
  status: number | null;
  /** stdout and stderr as they came. */
  output: string;
}

/** The environment of a person's shell: no colours, the project's own programs first, nothing of the test runner's. */
function shell(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...extra };
  env['PATH'] = [join(root, 'node_modules/.bin'), env['PATH']].join(delimiter);
  for (const name of ['FORCE_COLOR', 'NODE_OPTIONS', 'NODE_ENV', 'VITEST', 'VITEST_MODE']) {
    if (!(name in extra)) delete env[name];
  }
  return env;
}

export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<ToolRun> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: shell(options.env ?? {}),
      stdio: 'pipe',
      timeout: toolTimeoutMs,
    });
    const parts: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (part: string) => parts.push(part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => parts.push(part));
    child.on('error', fail);
    child.on('close', (status) => done({ status, output: parts.join('') }));
    child.stdin.end(options.input);
  });
}

/** The tool agrees, or the test shows what it found. */
export async function expectClean(command: string, ...args: string[]): Promise<void> {
  const { status, output } = await run(command, args);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${output}`);
}
