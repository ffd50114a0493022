/**
 * A program that the platform keeps running: started, its lines shown with a prefix, started again with growing pauses
 * when it ends, ended politely and then firmly. One that says at its first start that it cannot run with what it was
 * given is not started again: the caller hears why. Knows nothing of what the program does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { exitCodes } from '../../src/lib/exit-codes.ts';
import { PlatformError } from '../problem.ts';
import { tiedToUs } from './lifetime.ts';
import { readable } from './readable.ts';

export type Program = { name: string; args: string[]; env: Record<string, string> };

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 30_000;
/** A program that ran this long had started well; its next end begins with a short pause again. */
const HEALTHY_MS = 30_000;
const POLITE_STOP_MS = 10_000;
/** Exit codes of a program that was told something wrong; a crash has `failed` too. */
const REFUSED: readonly number[] = [exitCodes.failed, exitCodes.usage];
/** What Node has compiled of a program is kept beside the packages: its next start, in any data folder, is a third shorter. */
const COMPILED = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/tenantry-programs') };
const STACK_LINE = /^\s+at /;

function show(stream: Readable | null, print: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', print);
}

/**
 * Starts the Node program. The first start is awaited: rejects when the process cannot be made.
 * @param onRefused the program's first run ended by refusing what it was given: its lines, each with its name
 */
export async function supervise(
  program: Program,
  log: (line: string) => void,
  onRefused: (reason: PlatformError) => void,
) {
  let child: ChildProcess;
  let pauseMs = PAUSE_MS_MIN;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  /** The errors of the first run's first half minute: why it cannot run, if it ends in it. Null from then on. */
  let held: string[] | null = [];
  const firstLine = Promise.withResolvers<void>();

  const print = (line: string) => log(`${program.name} | ${readable(line)}`);
  const release = () => {
    for (const line of held ?? []) print(line);
    held = null;
  };
  const releasing = setTimeout(release, HEALTHY_MS);
  releasing.unref();

  const afterRun = async (ended: ChildProcess, startedMs: number, code: number, signal: string | null) => {
    const mayRefuse = held !== null && !stopping && REFUSED.includes(code);
    // The program's last lines may not have been read yet; one that refused has started nothing that keeps its output open.
    if (mayRefuse) await once(ended, 'close');
    const reason = mayRefuse ? reasonOf(program.name, held ?? []) : null;
    if (reason !== null && !stopping) return onRefused(reason);
    release();
    if (stopping) return;
    if (Date.now() - startedMs > HEALTHY_MS) pauseMs = PAUSE_MS_MIN;
    log(`${program.name} ended (${signal ?? `exit ${code}`}), it starts again in ${pauseMs} ms`);
    timer = setTimeout(start, pauseMs);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  };

  const start = () => {
    const startedMs = Date.now();
    const [command, args] = tiedToUs(process.execPath, program.args);
    // Its own session: Ctrl-C in a terminal reaches the platform alone, which ends its children in order.
    const started = spawn(command, args, {
      env: { ...COMPILED, ...program.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child = started;
    show(started.stdout, (line) => {
      firstLine.resolve();
      print(line);
    });
    show(started.stderr, (line) => (held === null ? print(line) : held.push(line)));
    started.on('error', (error) => log(`${program.name} could not be started: ${error.message}`));
    started.on('exit', (code, signal) => void afterRun(started, startedMs, code ?? 0, signal));
    return started;
  };

  await once(start(), 'spawn');
  return {
    pid: () => child.pid,
    /** Resolves with the program's first line on stdout; a program that is told to be quiet may never write one. */
    firstLine: firstLine.promise,
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(timer);
      clearTimeout(releasing);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close'); // after its last line has been read
      child.kill('SIGTERM');
      const firmly = setTimeout(() => child.kill('SIGKILL'), POLITE_STOP_MS);
      await ended;
      clearTimeout(firmly);
    },
  };
}

/** What a program that cannot run said, or null where it did not say it: it crashed, or ended without a word. */
function reasonOf(name: string, lines: string[]): PlatformError | null {
  const said = lines.filter((line) => line.trim() !== '');
  if (said.length === 0 || said.some((line) => STACK_LINE.test(line))) return null;
  const prefix = `${name}: `;
  return new PlatformError(said.map((line) => (line.startsWith(prefix) ? line : prefix + line)).join('\n'));
}
