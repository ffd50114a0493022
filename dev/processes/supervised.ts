/**
 * A program that the platform keeps running: started, its lines shown with a prefix, started again with growing pauses
 * when it ends, ended politely and then firmly. Knows nothing of what the program does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { tiedToUs } from './lifetime.ts';
import { readable } from './readable.ts';

export type Program = { name: string; args: string[]; env: Record<string, string> };

const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 30_000;
/** A program that ran this long had started well; its next end begins with a short pause again. */
const HEALTHY_MS = 30_000;
const POLITE_STOP_MS = 10_000;

function show(stream: Readable | null, print: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', print);
}

/** Starts the Node program. The first start is awaited: rejects when the process cannot be made. */
export async function supervise(program: Program, log: (line: string) => void) {
  let child: ChildProcess;
  let pauseMs = PAUSE_MS_MIN;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;

  const start = () => {
    const startedMs = Date.now();
    const [command, args] = tiedToUs(process.execPath, program.args);
    // Its own session: Ctrl-C in a terminal reaches the platform alone, which ends its children in order.
    child = spawn(command, args, { env: program.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const print = (line: string) => log(`${program.name} | ${readable(line)}`);
    show(child.stdout, print);
    show(child.stderr, print);
    child.on('error', (error) => log(`${program.name} could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - startedMs > HEALTHY_MS) pauseMs = PAUSE_MS_MIN;
      log(`${program.name} ended (${signal ?? `exit ${code}`}), it starts again in ${pauseMs} ms`);
      timer = setTimeout(start, pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
    });
    return child;
  };

  await once(start(), 'spawn');
  return {
    pid: () => child.pid,
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close'); // after its last line has been read
      child.kill('SIGTERM');
      const firmly = setTimeout(() => child.kill('SIGKILL'), POLITE_STOP_MS);
      await ended;
      clearTimeout(firmly);
    },
  };
}
