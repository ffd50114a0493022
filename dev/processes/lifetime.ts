/**
 * Ties a child's life to ours: after kill -9 of the platform the kernel kills what it started. Needs util-linux'
 * setpriv (every Linux distribution); elsewhere (macOS) a killed platform can leave a workerd behind, which the next
 * start reports as a taken port.
 */
import { accessSync, chmodSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function onPath(program: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return null;
}

const setpriv = (): string | null => (process.platform === 'linux' ? onPath('setpriv') : null);

/** The command that runs `command` for as long as this process lives. */
export function tiedToUs(command: string, args: string[]): [string, string[]] {
  const program = setpriv();
  return program === null ? [command, args] : [program, ['--pdeathsig', 'KILL', '--', command, ...args]];
}

const quoted = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Writes a program that runs workerd for as long as this process lives. Ctrl-C in a terminal reaches every process of
 * the group; this one leaves ending workerd to the platform, which does it last.
 */
export function writeWorkerdWrapper(path: string, workerd: string): void {
  const program = setpriv();
  const tie = program === null ? '' : `${quoted(program)} --pdeathsig KILL -- `;
  const run = `exec ${tie}${quoted(workerd)} "$@"`;
  writeFileSync(path, `#!/bin/sh\ntrap '' INT HUP\n${run}\n`);
  chmodSync(path, 0o700);
}
