/** What a process has started and where it listens, read from the kernel (Linux). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The pids of all living descendants of `pid` (Linux). */
export function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The program that a pid runs, or null when it is gone (or a zombie). */
export function programOf(pid: number): string | null {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')[0];
    return state === 'Z' ? null : readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return null;
  }
}

/** A TCP socket that listens. `loopback` is false for any other address, `0.0.0.0` and `::` too. */
export type Listening = { port: number; loopback: boolean };

/** Addresses as /proc/net/tcp and tcp6 write them: 127.0.0.1, ::1, and 127.0.0.1 in IPv6. */
const LOOPBACKS = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];
const LISTENS = '0A';

/** Where a process listens. Throws when it has gone. */
export function listeningOf(pid: number): Listening[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1),
  );
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTENS || !inodes.has(inode)) return [];
    return { port: Number.parseInt(port, 16), loopback: LOOPBACKS.includes(address) };
  });
}
