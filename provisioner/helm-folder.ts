/**
 * The folder under which Helm keeps what it has learned of the cluster's API, a few MB and nothing of any customer. It goes
 * with the process; those of processes that were killed go when the next one starts.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const named = /^tenantry-helm-(\d+)-/;

/** Makes this process's folder, after removing the ones whose process is no more. */
export async function makeHelmFolder(): Promise<string> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => isOver(Number(named.exec(name)?.[1])));
  // One that somebody else made, or that a helm still writes to, may stay; Helm makes anew what it misses.
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true }).catch(() => {})));
  return mkdtemp(join(tmpdir(), `tenantry-helm-${process.pid}-`));
}

/** Our own number on a folder that we have not made yet is of an earlier process: in a container all are number 1. */
function isOver(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
