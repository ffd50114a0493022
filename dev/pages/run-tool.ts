/** Runs one tool of the pages' build to its end, behind everything else on the machine. */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { PlatformError } from '../problem.ts';
import { tiedToUs } from '../processes/lifetime.ts';

export interface Tool {
  name: string;
  command: string;
  args: string[];
}

const MS_MAX = 10 * 60_000;
const LINES_MAX = 20;
/** What a tool needs of this environment: its folders, the way to the registry. A token in it is none of a package's business. */
const passed =
  /^(?:HOME|USER|LANG|TMPDIR|XDG_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy|npm_config_.*)$/i;

function toolEnv(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && passed.test(name) ? [[name, value] as const] : [],
  );
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1' };
}

/** Throws PlatformError with the end of what the tool said. */
export function runTool({ name, command, args }: Tool, cwd: string, signal: AbortSignal): Promise<void> {
  const [program, rest] = tiedToUs('nice', ['-n', '10', command, ...args]);
  const child = spawn(program, rest, {
    cwd,
    env: toolEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(MS_MAX)]),
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += String(chunk);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new PlatformError(`${name} did not run to its end: ${error.message}`)));
    child.once('close', (code) => {
      const said = output.trim().split('\n').slice(-LINES_MAX).join('\n');
      if (code === 0) resolve();
      else reject(new PlatformError(`${name} ended with ${code}: ${said}`));
    });
  });
}
