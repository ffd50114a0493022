/** A script of package.json as a person starts it: through npm, in a process group of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { descendants, programOf } from './processes.ts';

const root = join(import.meta.dirname, '../..');
/** What a program needs from the tester's machine; everything else of its environment stays out of the test. */
const PASSED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

export type NpmRun = {
  npm: ChildProcess;
  /** What the script has written so far, stdout and stderr, line by line. */
  lines: string[];
  /** Resolves with npm's exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
  /** Every program under npm, by pid. */
  programs: () => number[];
  /** Ends whatever is left of it. */
  kill: () => void;
};

/** Runs `npm ARGS`, e.g. `['start']` or `['run', 'exporter']`, at the root of the project unless `cwd` says otherwise. */
export function runNpm(args: string[], env: Record<string, string>, cwd = root): NpmRun {
  const inherited = PASSED.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  const npm = spawn('npm', args, {
    cwd,
    env: { ...Object.fromEntries(inherited), npm_config_update_notifier: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = once(npm, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  const seen = new Set<number>();
  const programs = () => {
    for (const pid of descendants(npm.pid ?? 0)) seen.add(pid);
    return [...seen].filter((pid) => programOf(pid) !== null);
  };
  const kill = () => {
    for (const pid of [npm.pid ?? 0, ...programs()]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    }
  };
  return { npm, lines, ended, programs, kill };
}
